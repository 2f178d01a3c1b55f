// Everything a stranger wrote goes through textContent; nothing here builds HTML from text.

const $ = (id) => document.getElementById(id);
const filters = $("filters").elements;
const state = { all: [], shown: [], at: 0, threshold: null, done: [], busy: Promise.resolve() };

// So many closest calls are the borderline; the server sends the closest first.
const BORDERLINE = 200;
const STRIP = 40;

const scored = (p) => p.novelty !== null && (p.keep || p.stage === "novelty");
const wouldPass = (p) => (scored(p) ? p.novelty >= state.threshold : p.keep);

const matches = {
  all: () => true,
  kept: (p) => p.keep,
  rejected: (p) => !p.keep,
  borderline: (p) => p.rank < BORDERLINE,
  changing: (p) => scored(p) && wouldPass(p) !== p.keep,
};

function choose(keepAt) {
  const current = keepAt ? state.shown[state.at] : null;
  state.shown = state.all.filter((p) =>
    matches[filters.verdict.value](p)
    && (!filters.reason.value || p.reason === filters.reason.value)
    && (!filters.community.value || p.community === filters.community.value)
    && (!filters.open.checked || p.label === null || p === current));
  const found = state.shown.indexOf(current);
  state.at = found >= 0 ? found : 0;
  show();
}

function show() {
  const p = state.shown[state.at];
  $("picture").hidden = !p;
  $("empty").hidden = Boolean(p);
  for (const id of ["keep", "reject"]) $(id).disabled = !p;
  $("previous").disabled = state.at === 0;
  $("next").disabled = state.at + 1 >= state.shown.length;
  $("undo").disabled = state.done.length === 0;
  if (p) describe(p);
  strip();
  const labelled = state.all.filter((each) => each.label !== null).length;
  $("progress").textContent = `${state.shown.length ? state.at + 1 : 0} of ${state.shown.length} here · ${labelled} of ${state.all.length} labelled`;
}

function describe(p) {
  const source = `/pictures/${p.number}/large.jpg`;
  if ($("large").getAttribute("src") !== source) $("large").src = source;
  $("large").alt = p.title;
  $("large").className = p.label === null ? "" : p.label ? "keep" : "reject";
  $("title").replaceChildren(p.link ? link(p.link, p.title) : p.title);
  $("about").textContent = [p.community, p.credit].filter(Boolean).join(" · ");
  const score = p.novelty === null ? "" : ` · match ${number(p.novelty)}${p.standing && `, ${p.standing}`}`;
  $("why").textContent = p.reason + (p.detail ? `: ${p.detail}` : "") + score;
  $("why").className = p.keep ? "kept" : "rejected";
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
  const current = state.shown[state.at]?.item;
  if (current) $("strip").scrollLeft = current.offsetLeft - $("strip").offsetLeft - $("strip").clientWidth / 3;
}

// Made once: a new element would fetch its picture again.
function thumbnail(p) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const image = document.createElement("img");
  image.src = `/pictures/${p.number}/small.jpg`;
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

// One request after the other, so that a label and its undo arrive in order.
function send(p, label) {
  state.busy = state.busy.then(async () => {
    const answer = label === null
      ? await fetch(`/pictures/${p.number}/label`, { method: "DELETE" })
      : await fetch(`/pictures/${p.number}/label`, {
        method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ keep: label }),
      });
    if (!answer.ok) throw new Error(answer.status === 507 ? await answer.text() : `status ${answer.status}`);
    $("problem").textContent = "";
  }).catch((error) => {
    $("problem").textContent = `Not stored (${error.message}). Is bowerbird label still running? Label it again.`;
    p.label = p.stored;
    change();
    show();
  }).then(() => { p.stored = p.label; });
}

function say(keep) {
  const p = state.shown[state.at];
  if (!p) return;
  state.done.push([p, p.label]);
  p.label = keep;
  send(p, keep);
  change();
  go(state.at + 1);
}

function undo() {
  const last = state.done.pop();
  if (!last) return;
  const [p, before] = last;
  p.label = before;
  send(p, before);
  change();
  if (!state.shown.includes(p)) state.shown.splice(state.at, 0, p);
  go(state.shown.indexOf(p));
}

function change() {
  const judged = state.all.filter(scored);
  if (state.threshold === null) return;
  const [passing, entering, leaving] = [
    judged.filter(wouldPass), judged.filter((p) => wouldPass(p) && !p.keep), judged.filter((p) => !wouldPass(p) && p.keep),
  ].map((list) => list.length);
  const said = judged.filter((p) => p.label !== null);
  const right = said.filter((p) => p.label === wouldPass(p)).length;
  $("value").textContent = number(state.threshold);
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

const keys = { k: () => say(true), r: () => say(false), u: undo, ArrowRight: () => go(state.at + 1), ArrowLeft: () => go(state.at - 1) };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLSelectElement) return;
  const arrow = event.key.startsWith("Arrow");
  if (arrow && event.target instanceof HTMLInputElement) return;
  const act = keys[arrow ? event.key : event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

const buttons = { keep: keys.k, reject: keys.r, undo, previous: keys.ArrowLeft, next: keys.ArrowRight };
for (const [id, act] of Object.entries(buttons)) $(id).addEventListener("click", act);
$("filters").addEventListener("change", (event) => { choose(false); event.target.blur(); });
$("threshold").addEventListener("input", (event) => {
  state.threshold = Number(event.target.value);
  change();
  if (filters.verdict.value === "changing") choose(true);
});

const answer = await (await fetch("/pictures")).json();
state.all = answer.pictures.map((p, rank) => ({ ...p, rank, stored: p.label }));
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
if (answer.unreadable) $("problem").textContent = `${answer.unreadable} decisions could not be read`;
change();
choose(false);
document.body.dataset.ready = "true";
