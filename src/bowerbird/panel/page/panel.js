// Everything a stranger wrote goes through textContent; nothing here builds HTML from text.
// Addresses are relative, so the page works under any prefix.

const $ = (id) => document.getElementById(id);
const NOW_MS = 5000;
const UPKEEP_MS = 60000;
const keeps = []; // as they are shown, the newest first
const state = { paused: false, at: -1, ended: false };

const number = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const clock = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function ago(text) {
  const seconds = (new Date(text) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return "";
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return "just now";
}

function every(seconds) {
  if (seconds >= 5400) return `every ${number.format(Math.round(seconds / 360) / 10)} hours`;
  return seconds >= 90 ? `every ${Math.round(seconds / 60)} minutes` : `every ${Math.round(seconds)} seconds`;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function ask(address, options) {
  const answer = await fetch(address, options);
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

// ---- what runs

function showRun(run) {
  state.paused = run.paused;
  const good = run.runs && !run.paused;
  $("run").className = good ? "good" : run.paused ? "" : "bad";
  $("state").textContent = run.paused ? "Paused" : run.runs ? "Mining" : "Not running";
  const rhythm = run.every_s ? `It asks its sources ${every(run.every_s)}` : "It asks its sources once";
  const hours = run.hours ? `, within ${run.hours}` : "";
  const since = run.started_at ? `, since ${clock.format(new Date(run.started_at))}` : "";
  const silent = run.told ? `${run.told[0].toUpperCase()}${run.told.slice(1)}.` : "";
  const paused = run.runs ? "What is in hand is finished; nothing new is fetched until you resume." : silent;
  $("about").textContent = run.paused ? paused : run.runs ? `${rhythm}${hours}${since}.` : silent;
  $("pause").hidden = !(run.runs || run.paused);
  $("pause").textContent = run.paused ? "Resume" : "Pause";
  $("pause").classList.toggle("main", run.paused);
}

$("pause").addEventListener("click", async () => {
  $("pause").disabled = true;
  try {
    const body = JSON.stringify({ paused: !state.paused });
    await ask("paused", { method: "PUT", headers: { "Content-Type": "application/json" }, body });
    await showNow();
  } catch (error) {
    $("problem").textContent = error.message;
  }
  $("pause").disabled = false;
});

// ---- what was kept

function card(keep) {
  const item = element("li");
  const button = element("button");
  const image = element("img");
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = keep.title;
  image.src = `pictures/${keep.name}/small.jpg`;
  image.addEventListener("error", () => { image.remove(); button.textContent = "no picture"; });
  button.append(image);
  button.addEventListener("click", () => view(keeps.findIndex((each) => each.name === keep.name)));
  const title = element("p", "title", keep.title);
  title.dir = "auto";
  keep.when = element("p", "faint");
  item.append(button, title, keep.when);
  keep.item = item;
  return item;
}

const about = (keep) => [keep.community, ago(keep.at)].filter(Boolean).join(" · ");

function showKeeps(found) {
  const first = keeps.length === 0;
  const known = new Set(keeps.map((keep) => keep.name));
  for (const keep of found.filter((each) => !known.has(each.name)).reverse()) {
    const at = keeps.findIndex((each) => each.mark < keep.mark);
    const item = card(keep);
    if (!first) item.className = "new";
    $("keeps").insertBefore(item, at < 0 ? null : keeps[at].item);
    keeps.splice(at < 0 ? keeps.length : at, 0, keep);
  }
  for (const keep of keeps) keep.when.textContent = about(keep);
  $("none").hidden = keeps.length > 0;
  if (first) $("older").hidden = found.length < 24;
}

async function older() {
  const last = keeps.at(-1);
  if (!last || state.ended) return;
  const found = await (await ask(`keeps?before=${encodeURIComponent(last.mark)}`)).json();
  state.ended = found.length < 24;
  $("older").hidden = state.ended;
  showKeeps(found);
}

$("older").addEventListener("click", older);

function view(at) {
  const keep = keeps[at];
  if (!keep) return;
  state.at = at;
  $("shown").src = `pictures/${keep.name}/large.jpg`;
  $("shown").alt = keep.title;
  $("shown-title").textContent = keep.title;
  const size = keep.size ? `${keep.size[0]} × ${keep.size[1]}` : "";
  $("shown-about").textContent = [about(keep), keep.credit, size, keep.standing].filter(Boolean).join(" · ");
  $("post").hidden = !keep.link;
  if (keep.link) $("post").href = keep.link;
  $("newer").disabled = at === 0;
  $("elder").disabled = at + 1 >= keeps.length;
  if (!$("viewer").open) $("viewer").showModal();
}

$("newer").addEventListener("click", () => view(state.at - 1));
$("elder").addEventListener("click", () => view(state.at + 1));
$("viewer").addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") view(state.at - 1);
  if (event.key === "ArrowRight") view(state.at + 1);
});
$("viewer").addEventListener("click", (event) => { if (event.target === $("viewer")) $("viewer").close(); });

// ---- sources, hosts, queue, disk, errors

function line(name, word, good, detail) {
  const item = element("li");
  item.append(element("span", `state ${good === null ? "" : good ? "good" : "bad"}`, word), element("strong", "", name));
  if (detail) item.append(element("p", "", detail));
  return item;
}

function source(each) {
  if (each.failing) return line(each.source, "cannot be read", false, `${each.failing}${each.read_at ? ` Last read ${ago(each.read_at)}.` : ""}`);
  if (!each.read_at) return line(each.source, "not asked yet", null, "");
  return line(each.source, "fine", true, [`read ${ago(each.read_at)}`, each.told].filter(Boolean).join("; "));
}

function showQueue(queue) {
  const waiting = queue ? queue.ready + queue.in_flight : 0;
  $("waiting").textContent = queue ? number.format(waiting + queue.delayed) : "–";
  const empty = queue && !waiting && !queue.delayed && !queue.dead;
  $("queue").textContent = empty ? "Nothing waits." : queue
    ? `${number.format(queue.ready)} waiting, ${number.format(queue.in_flight)} in hand, ${number.format(queue.delayed)} to try again later, ${number.format(queue.dead)} given up.`
    : "There is no queue yet.";
  $("letters").replaceChildren(...(queue?.letters ?? []).map((letter) => line(letter.id, "given up", false, letter.reason)));
  $("redrive").hidden = !queue?.dead;
}

async function showNow() {
  const now = await (await ask("now")).json();
  showRun(now.run);
  $("seen").textContent = number.format(now.day.seen);
  $("kept").textContent = number.format(now.day.kept);
  showQueue(now.queue);
  $("sources").replaceChildren(...now.sources.map(source));
  $("no-sources").hidden = now.sources.length > 0;
  const failure = (each) => line(each.words, each.times > 1 ? `${number.format(each.times)} times` : "", false, ago(each.at));
  $("failures").replaceChildren(...now.failures.map(failure));
  $("failures-box").hidden = now.failures.length === 0;
  showKeeps(now.keeps);
  $("problem").textContent = "";
  document.body.dataset.ready = "true";
}

const HEALTH = { ok: "fine", empty: "gives nothing", blocked: "refuses", unreachable: "does not answer", throttled: "asks us to wait" };

async function showUpkeep() {
  const { hosts, disk, places, feeds } = await (await ask("upkeep")).json();
  $("hosts").replaceChildren(...hosts.map((each) => line(each.host, HEALTH[each.health] ?? each.health, each.health === "ok", each.detail)));
  $("no-hosts").hidden = hosts.length > 0;
  $("disk").hidden = !disk;
  if (disk) {
    $("room").textContent = `The place takes ${disk.used}; ${disk.free} are free.`;
    $("full").value = disk.part;
    $("full").textContent = `${Math.round(100 * disk.part)} % full`;
  }
  for (const kind of ["atom", "json"]) $(kind).href = feeds[kind];
  $("secret").hidden = !feeds.atom.includes("?");
  $("feeds").hidden = false;
  if (!$("places").length) {
    $("places").append(...places.map((each) => new Option(each.name, each.href, each.here, each.here)));
    $("switch").hidden = places.length < 2;
    const here = places.find((each) => each.here);
    if (here) document.title = `${here.name} · Bowerbird`;
  }
  document.body.dataset.upkeep = "true";
}

$("places").addEventListener("change", () => { location.href = $("places").value; });

// A page that nobody sees asks nothing.
async function again(show, ms) {
  if (!document.hidden) {
    try {
      await show();
    } catch (error) {
      $("problem").textContent = error instanceof TypeError ? "The server does not answer. It is asked again." : error.message;
    }
  }
  setTimeout(again, ms, show, ms);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) showNow().catch(() => {}); });
again(showNow, NOW_MS);
again(showUpkeep, UPKEEP_MS);
