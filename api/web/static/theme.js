// The light theme, remembered for the next visit. Without scripts pages stay dark and the switch hidden.
"use strict";
{
  const root = document.documentElement;
  root.dataset.theme = localStorage.getItem("theme") ?? "dark";

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme");
    const other = () => (root.dataset.theme === "light" ? "dark" : "light");
    const label = () => { button.textContent = other() === "light" ? "Light" : "Dark"; button.ariaLabel = `Switch to the ${other()} theme`; };
    button.addEventListener("click", () => {
      root.dataset.theme = other();
      localStorage.setItem("theme", root.dataset.theme);
      label();
    });
    label();
    button.hidden = false;
  });
}
