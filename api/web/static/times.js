// Keeps "12 min ago" and "in 3 h 05 min" true while a page is open; the last hour before a moment counts seconds, and a
// countdown counts them all the way.
"use strict";
{
  const two = (number) => String(number).padStart(2, "0");
  const said = (moment, isCountdown) => {
    const seconds = Math.round((moment - Date.now()) / 1000);
    const distance = Math.abs(seconds);
    const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(distance / unit));
    if (seconds > 0 && isCountdown && hours) return `in ${hours}:${two(minutes % 60)}:${two(distance % 60)}`;
    if (seconds > 0 && !hours) return `in ${two(minutes)}:${two(distance % 60)}`;
    if (!minutes) return "just now";
    const length = days >= 2 ? `${days.toLocaleString("en")} days` : hours ? `${hours} h ${two(minutes % 60)} min` : `${minutes} min`;
    return seconds > 0 ? `in ${length}` : `${length} ago`;
  };
  const tell = () => {
    for (const element of document.querySelectorAll("time.relative")) {
      const text = said(Date.parse(element.dateTime), element.classList.contains("countdown"));
      if (element.textContent !== text) element.textContent = text;
    }
  };
  setInterval(() => { if (!document.hidden) tell(); }, 1000);
  document.addEventListener("visibilitychange", tell);
  tell();
}
