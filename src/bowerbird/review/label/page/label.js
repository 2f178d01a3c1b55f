// Everything a stranger wrote goes through textContent; nothing here builds HTML from text.
// Addresses are relative, so the page works under any prefix.

import { firstStrip, tasteOf } from "./taste.js";
import { gestures } from "./zoom.js";

const $ = (id) => document.getElementById(id);
const filters = $("filters").elements;
const state = { all: [], shown: [], at: 0, threshold: null, days: 1, done: [], busy: Promise.resolve(), waiting: 0, round: 0 };
const taste = { ask: null, questions: null, chosen: false };

// So many closest calls are the borderline; the server sends the closest first.
const BORDERLINE = 200;
const STRIP = 40;
const ROUND = 20;

const scored = (p) => p.novelty !== null && (p.keep || p.stage === "novelty");
const score = (p) => p.novelty + (p.move ?? 0);
const wouldPass = (p) => (scored(p) ? score(p) >= state.threshold : p.keep);
const unanswered = () => state.all.filter((p) => p.label === null);

const matches = {
  all: () => true,
  kept: (p) => p.keep,
  rejected: (p) => !p.keep,
  borderline: (p) => p.rank < BORDERLINE,
  changing: (p) => scored(p) && wouldPass(p) !== p.keep,
};

const asked = () => filters.verdict.value === "questions";

function chosen() {
  return asked() ? (taste.questions ?? []).map((number) => state.all[number]) : state.all.filter(matches[filters.verdict.value]);
}

function choose(keepAt) {
  const kept = keepAt ? state.shown[state.at] : null;
  const mayShow = (p) =>
    (!filters.reason.value || p.reason === filters.reason.value)
    && (!filters.community.value || p.community === filters.community.value)
    && (!(filters.open.checked || asked()) || p.label === null || p === kept);
  state.shown = chosen().filter(mayShow);
  if (asked() && kept) state.shown = [kept, ...state.shown.filter((p) => p !== kept)];
  const found = state.shown.indexOf(kept);
  state.at = found >= 0 ? found : 0;
  show();
}

const finished = () => asked() && state.round >= ROUND;
const current = () => (finished() ? undefined : state.shown[state.at]);

function show() {
  const p = current();
  $("picture").hidden = !p;
  $("done").hidden = !finished();
  $("empty").hidden = Boolean(p) || finished();
  for (const id of ["keep", "reject"]) $(id).disabled = !p;
  $("previous").disabled = state.at === 0;
  $("next").disabled = state.at + 1 >= state.shown.length;
  $("undo").disabled = state.done.length === 0;
  if (p) describe(p);
  strip();
  const labelled = state.all.length - unanswered().length;
  $("progress").textContent = asked()
    ? `${Math.min(state.round + 1, ROUND)} of ${ROUND}`
    : `${state.shown.length ? state.at + 1 : 0} of ${state.shown.length} here · ${labelled} of ${state.all.length} labelled`;
}

const source = (p) => `pictures/${p.number}/large.jpg`;

function describe(p) {
  if (state.shownLast !== p) {
    state.shownLast = p;
    settle(false);
    load(p);
  }
  $("large").alt = p.title;
  $("frame").classList.toggle("keep", p.label === true); // it may be "zoomed" beside that
  $("frame").classList.toggle("reject", p.label === false);
  $("title").replaceChildren(p.link ? link(p.link, p.title) : p.title);
  $("about").textContent = [p.community, p.credit, p.large ? "" : "small copy"].filter(Boolean).join(" · ");
  $("why").textContent = p.reason + (p.detail ? `: ${p.detail}` : "") + match(p);
  $("why").className = p.keep ? "kept" : "rejected";
}

// The small copy stands in until the real picture is there; then the next one is fetched ahead.
function load(p) {
  $("large").src = `pictures/${p.number}/small.jpg`;
  const real = new Image();
  real.onload = () => {
    if (state.shown[state.at] !== p) return;
    $("large").src = real.src;
    const next = state.shown[state.at + 1];
    if (next) new Image().src = source(next);
  };
  real.src = source(p);
}

function match(p) {
  if (p.novelty === null) return "";
  const now = p.move ? `, now ${number(score(p))}` : "";
  return ` · match ${number(p.novelty)}${now}${p.standing && `, ${p.standing}`}`;
}

function link(url, text) {
  const a = document.createElement("a");
  a.href = url; // http or https: the server lets nothing else through
  a.target = "_blank";
  a.rel = "noopener noreferrer";
  a.textContent = text;
  return a;
}

function strip() {
  const from = Math.max(0, Math.min(state.at - 4, state.shown.length - STRIP));
  $("strip").replaceChildren(...state.shown.slice(from, from + STRIP).map((p, index) => {
    p.item ??= thumbnail(p);
    const button = p.item.firstChild;
    button.className = p.label === null ? "" : p.label ? "keep" : "reject";
    button.setAttribute("aria-current", String(from + index === state.at));
    return p.item;
  }));
  // Not scrollIntoView: on a phone it would scroll the page, too.
  const item = state.shown[state.at]?.item;
  if (item) $("strip").scrollLeft = item.offsetLeft - $("strip").offsetLeft - $("strip").clientWidth / 3;
}

// Made once: a new element would fetch its picture again.
function thumbnail(p) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const image = document.createElement("img");
  image.src = `pictures/${p.number}/small.jpg`;
  image.alt = p.title;
  button.addEventListener("click", () => { go(state.shown.indexOf(p)); button.blur(); });
  button.append(image);
  item.append(button);
  return item;
}

function go(to) {
  state.at = Math.max(0, Math.min(to, state.shown.length - 1));
  show();
}

// One request after the other, so that a label and its undo arrive in order. The last one asks what was learned.
// One that is under way arrives though the page is left.
function send(p, label) {
  state.waiting += 1;
  state.busy = state.busy.then(async () => {
    const answer = label === null
      ? await fetch(`pictures/${p.number}/label`, { method: "DELETE", keepalive: true })
      : await fetch(`pictures/${p.number}/label`, {
        method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ keep: label }),
        keepalive: true,
      });
    if (!answer.ok) throw new Error(answer.status === 507 ? await answer.text() : `status ${answer.status}`);
    $("problem").textContent = "";
  }).catch((error) => {
    $("problem").textContent = `Not stored (${error.message}). Is bowerbird label still running? Label it again.`;
    p.label = p.stored;
    change();
    show();
  }).then(() => {
    p.stored = p.label;
    state.waiting -= 1;
    if (!state.waiting) taste.ask?.();
  });
}

function sayAll(pictures, keep) {
  if (!pictures.length) return;
  state.done.push(pictures.map((p) => [p, p.label]));
  for (const p of pictures) {
    p.label = keep;
    send(p, keep);
  }
  change();
}

function say(keep) {
  const p = current();
  if (!p) return;
  if (asked() && p.label === null) state.round += 1;
  sayAll([p], keep);
  go(state.at + 1);
}

function undo() {
  const last = state.done.pop();
  if (!last) return;
  for (const [p, before] of last) {
    if (asked() && before === null && last.length === 1) state.round = Math.max(0, state.round - 1);
    p.label = before;
    send(p, before);
  }
  change();
  const [p] = last[0];
  if (!state.shown.includes(p)) state.shown.splice(state.at, 0, p);
  go(state.shown.indexOf(p));
}

const total = (list, of) => list.reduce((sum, p) => sum + of(p), 0);

function change() {
  if (state.threshold === null) return;
  const all = state.all.filter(scored);
  // Once something was learned, only pictures that were looked at have a new score. Each stands for some others.
  const moved = all.some((p) => p.move);
  const judged = moved ? all.filter((p) => p.move !== undefined) : all;
  const [passing, entering, leaving] = [
    judged.filter(wouldPass), judged.filter((p) => wouldPass(p) && !p.keep), judged.filter((p) => !wouldPass(p) && p.keep),
  ].map((list) => list.length);
  const said = judged.filter((p) => p.label !== null);
  const right = said.filter((p) => p.label === wouldPass(p)).length;
  const a_day = total(judged.filter(wouldPass), (p) => (moved ? p.weight : 1)) / state.days;
  $("value").textContent = number(state.threshold);
  $("a-day").textContent = `would keep about ${a_day < 10 ? Number(a_day.toFixed(1)) : Math.round(a_day)} a day`;
  $("change").textContent = `${passing} of ${judged.length} would pass: ${entering} more, ${leaving} fewer`
    + (said.length ? ` · agrees with ${right} of your ${said.length} labels` : "");
}

const number = (value) => Number(value.toPrecision(4)).toString().replace("-", "\u2212");

function options(select, values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const [value, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = `${value} (${count})`;
    select.append(option);
  }
}

// The server has learned: scores moved, and so did what is best asked next. What is on the screen stays there.
function learned(lesson, looking) {
  if (!looking) taste.questions = lesson.questions;
  const [first] = filters.verdict.options;
  const opening = first.hidden && taste.questions?.length > 0 && !taste.chosen && !state.done.length;
  first.hidden = !taste.questions?.length;
  if (opening) filters.verdict.value = "questions";
  $("brought").textContent = $("told").textContent;
  change();
  if (asked() || filters.verdict.value === "changing") choose(!opening && state.shown[state.at]?.label === null);
  else show();
  document.body.dataset.learned = String(looking ? 0 : unanswered().length);
}

const keys = { k: () => say(true), r: () => say(false), u: undo, ArrowRight: () => go(state.at + 1), ArrowLeft: () => go(state.at - 1) };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLSelectElement) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && event.target instanceof HTMLInputElement) return;
  const key = arrow ? event.key : event.key.toLowerCase();
  const whole = event.shiftKey && { k: () => firstStrip(true), r: () => firstStrip(false) }[key];
  const act = whole || keys[key];
  if (!act) return;
  event.preventDefault();
  act();
});

const buttons = { keep: keys.k, reject: keys.r, undo, previous: keys.ArrowLeft, next: keys.ArrowRight };
for (const [id, act] of Object.entries(buttons)) $(id).addEventListener("click", act);
$("more").addEventListener("click", () => { state.round = 0; choose(false); });
$("filters").addEventListener("change", (event) => { taste.chosen = true; state.round = 0; choose(false); event.target.blur(); });
$("threshold").addEventListener("input", (event) => {
  state.threshold = Number(event.target.value);
  change();
  if (filters.verdict.value === "changing") choose(true);
});
const settle = gestures($("frame"), $("large"), $("hint"), { swiped: say });

const answer = await (await fetch("pictures")).json();
state.all = answer.pictures.map((p, rank) => ({ ...p, rank, stored: p.label }));
state.days = answer.days;
options(filters.reason, state.all.map((p) => p.reason));
options(filters.community, state.all.map((p) => p.community));
const scores = state.all.filter(scored).map((p) => p.novelty);
state.threshold = answer.threshold;
$("slider").hidden = answer.threshold === null || scores.length === 0;
if (!$("slider").hidden) {
  $("threshold").min = Math.min(...scores, answer.threshold);
  $("threshold").max = Math.max(...scores, answer.threshold);
  $("threshold").value = answer.threshold;
}
filters.verdict.value = "borderline";
if (answer.unreadable) $("problem").textContent = `${answer.unreadable} decisions could not be read`;
change();
choose(false);
if (answer.learning) {
  taste.ask = tasteOf(state.all, { learned, sayAll });
  taste.ask();
}
if (answer.up) {
  $("up").href = answer.up;
  $("up").hidden = false;
}
if (location.hash === "#slider") $("slider").scrollIntoView();
document.body.dataset.ready = "true";
