// Keeps an embedded alert true: asks for it again each minute that somebody can see it.
"use strict";
{
  const MINUTE_MILLISECONDS = 60_000;
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href).catch(() => null);  // away: what is shown says of when it is
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  };
  setInterval(refresh, MINUTE_MILLISECONDS);
  document.addEventListener("visibilitychange", refresh);
}
