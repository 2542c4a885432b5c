// Completes names as they are typed, in fields that say of which kind: <input data-names="system" list="...">.
"use strict";
for (const field of document.querySelectorAll("input[data-names]")) {
  let asked = null;
  field.addEventListener("input", async () => {
    asked?.abort();
    const text = field.value.trim();
    if (text.length < 2) return;
    asked = new AbortController();
    try {
      const query = new URLSearchParams({ q: text, type: field.dataset.names });
      const answer = await fetch(`/api/search/autocomplete?${query}`, { signal: asked.signal });
      if (!answer.ok) return;
      field.list.replaceChildren(...(await answer.json()).map(({ name, context }) => new Option(context ?? "", name)));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  });
}
