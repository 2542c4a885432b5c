// Buttons that copy what a field holds: <button data-copies="id of the field" hidden>.
"use strict";
for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: press Ctrl+C";  // browsers copy on secure pages only
    }
    setTimeout(() => { button.textContent = name; }, 2000);
  });
}
