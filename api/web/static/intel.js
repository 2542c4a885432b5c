// Puts killmails above the table as they land. What was seen last is remembered, so pauses lose and repeat nothing.
"use strict";
{
  const AGAIN_MILLISECONDS = 5000;
  const table = document.querySelector(".feed");
  const rows = table.tBodies[0];
  const { mostRows, bigLossIsk } = table.dataset;
  const status = document.querySelector(".feed-status");
  const pause = document.querySelector(".feed-pause");
  const UNITS = [[1e12, "t"], [1e9, "b"], [1e6, "m"], [1e3, "k"]];
  const LETTERS = { highsec: "H", lowsec: "L", nullsec: "N", wormhole: "W", pochven: "P", abyssal: "A" };
  let after = table.dataset.after;
  let stream = null;
  let again = 0;
  let isPaused = false;

  // Names are what players chose: they become text, never markup.
  const element = (tag, properties = {}, ...content) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...content);
    return made;
  };
  const muted = (text) => element("span", { className: "muted" }, text);
  const small = (...content) => element("span", { className: "small" }, ...content);
  const unseen = (text) => element("span", { className: "visually-hidden" }, text);
  const named = (path, thing, what) =>
    thing?.id == null ? muted(`no ${what.toLowerCase()}`) : element("a", { href: `/${path}/${thing.id}` }, thing.name ?? `${what} ${thing.id}`);
  const cell = (...content) => element("td", {}, ...content);
  const signed = (text) => text.replace("-", "\u2212");

  const time = (text) => {
    const moment = new Date(text);
    const minute = moment.toISOString().slice(0, 16).replace("T", " ");
    return [
      element("time", { dateTime: text }, minute), " ",
      element("span", { className: "muted" }, "(", element("time", { className: "relative", dateTime: text, title: `${minute} EVE time` }, "just now"), ")"),
    ];
  };
  const isk = (amount) => {
    if (amount === null) return muted("no price");
    const rounded = Number(amount.toPrecision(3)); // first, since 999.6 m is 1.00 b
    const [size, unit] = UNITS.find(([least]) => rounded >= least) ?? [1, ""];
    const value = rounded / size;
    const digits = size === 1 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
    return element("span", { className: "number", title: `${amount.toLocaleString("en")} ISK` }, `${value.toFixed(digits)} ${unit}`.trim());
  };
  const security = (value, kind) => {
    if (value === null) return "";
    const shown = value > 0 && value < 0.05 ? 0.1 : Math.round(value * 10) / 10 + 0;
    const letter = kind ? [element("abbr", { title: kind }, LETTERS[kind])] : [];
    return element("span", { className: `security ${kind ?? ""}`, title: kind ?? "unknown space" }, signed(shown.toFixed(1)), ...letter);
  };
  const row = (mail) => {
    const { victim, system } = mail;
    const isBig = mail.isk_total !== null && mail.isk_total >= Number(bigLossIsk);
    const kinds = [["solo", mail.is_solo], ["NPC", mail.is_npc], ["awox", mail.is_awox]].filter(([, is]) => is);
    return element(
      "tr", { id: `killmail-${mail.killmail_id}`, className: "landed" },
      cell(...time(mail.killmail_time)),
      element("th", { scope: "row" }, named("types", victim.ship, "Type"), element("br"), element("span", { className: "muted small" }, victim.ship.group ?? "")),
      cell(named("characters", victim.character, "Pilot"), element("br"), small(victim.alliance ? named("alliances", victim.alliance, "Alliance") : named("corporations", victim.corporation, "Corporation"))),
      cell(named("systems", system, "System"), " ", security(system.security_status, mail.security_class), element("br"), small(named("regions", mail.region, "Region"))),
      element("td", { className: "number" }, isk(mail.isk_total), ...(isBig ? [element("br"), element("span", { className: "tag big" }, "big loss")] : [])),
      element("td", { className: "number" }, String(mail.attackers), ...kinds.flatMap(([name]) => [" ", element("span", { className: "tag" }, name)])),
      cell(
        element("a", { href: `/killmails/${mail.killmail_id}` }, "Details", unseen(` of killmail ${mail.killmail_id}`)), element("br"),
        small(element("a", { href: mail.zkillboard_url, rel: "noopener external" }, "zKillboard", unseen(` page of killmail ${mail.killmail_id}`))),
      ),
    );
  };

  const say = (text, state) => {
    status.querySelector(".dot").className = `dot ${state}`;
    const said = status.querySelector(".feed-said");
    if (said.textContent !== text) said.textContent = text;
  };
  const close = () => {
    clearTimeout(again);
    stream?.close();
    stream = null;
  };
  const open = () => {
    if (stream || isPaused || document.hidden) return;
    const address = new URL(table.dataset.stream, location);
    address.searchParams.set("after", after);
    stream = new EventSource(address);
    stream.addEventListener("open", () => say("Connected: killmails appear as they land.", "good"));
    stream.addEventListener("error", () => {
      say("Away: the connection is lost and tried again. Nothing is missed.", "bad");
      if (stream?.readyState !== EventSource.CLOSED) return;  // the browser tries again by itself
      close();
      again = setTimeout(open, AGAIN_MILLISECONDS);
    });
    stream.addEventListener("killmail", (event) => {
      after = event.lastEventId;
      const mail = JSON.parse(event.data);
      if (document.getElementById(`killmail-${mail.killmail_id}`)) return;
      rows.querySelector(".feed-empty")?.remove();
      rows.prepend(row(mail));
      while (rows.rows.length > Number(mostRows)) rows.lastElementChild.remove();
    });
  };
  const change = () => {
    pause.textContent = isPaused ? "Continue" : "Pause";
    if (!isPaused && !document.hidden) {
      say("Connecting …", "");
      open();
      return;
    }
    close();
    say(isPaused ? "Paused: what lands meanwhile comes when you continue." : "Paused while the page is hidden.", "");
  };

  pause.addEventListener("click", () => { isPaused = !isPaused; change(); });
  document.addEventListener("visibilitychange", change);
  addEventListener("pagehide", close);
  addEventListener("pageshow", change);
  document.querySelector(".feed-reload").hidden = true;
  pause.hidden = false;
}
