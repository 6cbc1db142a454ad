// What HTML alone cannot do: copy, pause, keep times fresh. Every page works without this file.
"use strict";

const find = (selector, from = document) => from.querySelector(selector);
const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];

// Copying

async function copy(button) {
  const source = find("code, input", button.closest(".copy"));
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https browsers offer no clipboard to scripts; selecting the text leaves one key to press.
    const selection = window.getSelection();
    if (source.select) source.select();
    else selection.selectAllChildren(source);
    if (!document.execCommand("copy")) {
      button.textContent = "Press Ctrl+C";
      return;
    }
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-select]")) event.target.select();
});

// A page that shows a secret is not to be sent again by "reload": its address becomes one that only looks.
const shown = find("[data-address]");
if (shown) history.replaceState(null, "", shown.dataset.address);

// Forms

document.addEventListener("keydown", (event) => {
  const isField = event.target.matches("[data-live-form] input:not([type=checkbox], [type=radio])");
  if (event.key === "Enter" && isField) event.preventDefault();
});

document.addEventListener("change", (event) => {
  event.target.closest("[data-submit-on-change]")?.requestSubmit();
});

// A link to a folded part opens it.
const openNamedPart = () => {
  const details = ["#revoke", "#remove"].includes(location.hash) ? find(`${location.hash} details`) : null;
  if (details) details.open = true;
};
window.addEventListener("hashchange", openNamedPart);
openNamedPart();

// Live rows

const EVENTS_MAX = 200;
let isPaused = false;
const pauseButton = find("[data-pause]");
const live = find("[data-live]");

const showLive = (word) => {
  find("[data-live-word]").textContent = word;
  live.classList.toggle("is-paused", word !== "Live");
};

if (pauseButton) {
  live.hidden = pauseButton.hidden = false;
  pauseButton.addEventListener("click", () => {
    isPaused = !isPaused;
    pauseButton.setAttribute("aria-pressed", String(isPaused));
    pauseButton.textContent = isPaused ? "Go on" : "Pause";
    showLive(isPaused ? "Paused" : "Live");
  });
  document.addEventListener("htmx:error", () => showLive("No connection"));
  document.addEventListener("htmx:after:request", () => { if (!isPaused) showLive("Live"); });
}

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.id === "poller" && (isPaused || document.hidden)) event.preventDefault();
});

// A part that failed must not take the place of what is there and works.
document.addEventListener("htmx:before:swap", (event) => {
  const status = event.detail.ctx?.response?.status ?? 200;
  if (status < 400) return;
  event.preventDefault();
  if (live && event.target.id === "poller") showLive("No connection");
});

document.addEventListener("htmx:after:swap", () => {
  findAll("#events > li").slice(EVENTS_MAX).forEach((row) => row.remove());
  revealCopyButtons();
  // Taking a chip away takes the focus with it; it goes to the place where the chip was.
  const chosen = find("#chosen");
  if (chosen && document.activeElement === document.body) chosen.focus();
});

// Times

const STEPS = [[60, 1, "second"], [3600, 60, "minute"], [86400, 3600, "hour"], [8640000, 86400, "day"],
  [63072000, 2592000, "month"], [Infinity, 31536000, "year"]];

function wordsFor(date) {
  const distance = (date - Date.now()) / 1000;
  const size = Math.abs(distance);
  if (size < 5) return "just now";
  const [, unit, name] = STEPS.find(([below]) => size < below);
  const number = Math.floor(size / unit);
  const words = `${number} ${name}${number === 1 ? "" : "s"}`;
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

setInterval(() => {
  for (const time of findAll("time[datetime]")) {
    const words = wordsFor(new Date(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}, 15000);

function revealCopyButtons() {
  findAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
}
revealCopyButtons();
