// Names as they are typed, below every input with `data-suggest`: a combobox with a list (WAI-ARIA's pattern).
// Without scripts the input's form does the same with one page more.
"use strict";
{
  const LEAST = 2;
  const PATHS = { alliance: "alliances", corporation: "corporations", character: "characters", system: "systems", region: "regions", ship_type: "types", battle: "battles" };
  const KINDS = { character: "pilot", ship_type: "ship" };

  const suggest = (input, number) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${number}`;
    list.role = "listbox";
    list.ariaLabel = "Names";
    list.hidden = true;
    input.after(list);
    input.parentElement.classList.add("suggesting");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);

    let asked = "";
    let request = null;
    let active = -1;

    const select = (index) => {
      const options = [...list.children];
      active = options.length ? (index + options.length) % options.length : -1;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    };
    const show = (isShown) => {
      list.hidden = !isShown;
      input.setAttribute("aria-expanded", String(isShown));
      active = -1;
      input.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      request?.abort();
      request = null;
      asked = "";
      show(false);
    };
    const option = (entry, place) => {
      const element = document.createElement("li");
      element.id = `${list.id}-${place}`;
      element.role = "option";
      element.setAttribute("aria-selected", "false");
      element.dataset.address = `/${PATHS[entry.type]}/${entry.id}`;
      const name = document.createElement("span");
      name.textContent = entry.name;
      const kind = document.createElement("span");
      kind.className = "muted small";
      kind.textContent = [KINDS[entry.type] ?? entry.type, entry.context].filter(Boolean).join(", ");
      element.append(name, " ", kind);
      return element;
    };
    const ask = async () => {
      const text = input.value.trim();
      if (text.length < LEAST) return close();
      if (text === asked) return;
      asked = text;
      request?.abort();  // what was typed before is wanted no more
      const own = (request = new AbortController());
      try {
        const answer = await fetch(`/api/search/autocomplete?q=${encodeURIComponent(text)}`, { signal: own.signal });
        const entries = answer.ok ? await answer.json() : [];
        if (own !== request) return;
        list.replaceChildren(...entries.map(option));
        show(entries.length > 0 && document.activeElement === input);
      } catch {
        if (own === request) show(false);  // the form still works
      }
    };

    input.addEventListener("input", (event) => { if (!event.isComposing) ask(); });
    input.addEventListener("compositionend", ask);
    input.addEventListener("focus", ask);
    input.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault());  // the input keeps the focus
    list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (chosen) location.assign(chosen.dataset.address);
    });
    input.addEventListener("keydown", (event) => {
      const isOpen = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen) return ask();
        select(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (event.key === "Enter" && isOpen && active >= 0) {
        event.preventDefault();
        location.assign(list.children[active].dataset.address);
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        close();
      }
    });
  };
  document.querySelectorAll("input[data-suggest]").forEach(suggest);
}
