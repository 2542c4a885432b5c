// Waits for a killmail's details, which were asked for, and shows them as soon as they are there.
"use strict";
{
  const PAUSE_MILLISECONDS = 2000;
  const status = document.querySelector("[data-enrichment]");
  const look = async () => {
    if (!document.hidden) {
      const answer = await fetch(`/api/killmails/${status.dataset.killmailId}`).catch(() => null);
      const now = answer?.ok ? (await answer.json()).enrichment?.status : null;
      if (now && !["pending", "processing"].includes(now)) return location.reload();
    }
    setTimeout(look, PAUSE_MILLISECONDS);
  };
  look();
}
