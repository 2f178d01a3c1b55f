// Every text from a picture or the server goes in by textContent: it is a stranger's.

// Within the page of an installation at home there is a way back to it.
document.getElementById("up").hidden = !location.pathname.endsWith("/try/");

const AT_ONCE = 2;
const PATIENCE = 30; // times a busy server is asked again
const SIDE = 480; // of a thumbnail, in pixels

const WORDS = {
  "kept": "Looks like what you love",
  "novelty": "Not to your taste",
  "watermark": "Carries a watermark",
  "too-small": "Too small for the gallery",
  "too-wide": "Too wide for the gallery",
  "too-tall": "Too tall for the gallery",
  "too-many-pixels": "More pixels than are read",
  "memory": "Would take too much memory",
  "truncated": "The file is cut short",
  "undecodable": "The file is damaged",
  "animated": "An animation, not a picture",
  "unknown-format": "Not a picture",
  "html": "A web page, not a picture",
  "format": "A kind of picture that is not kept",
};

const $ = (id) => document.getElementById(id);
const waiting = [];
const counts = { all: 0, kept: 0, rejected: 0, failed: 0 };
let working = 0;
let round = 0;
let models = { novelty: {} };

function figure(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2).replace("-", "\u2212");
}

// The API's names stay what they were; people read these.
const called = (name) => ({ novelty: "match" })[name] ?? name;

function standing(percentile) {
  if (percentile < 1) return "better than 0 % of yours";
  return `better than ${percentile >= 100 ? "all" : `${Math.floor(percentile)} %`} of yours`;
}

function describe(bundle) {
  models = bundle;
  const parts = [`${bundle.bundle}`, `keeps from match ${figure(bundle.novelty.threshold.value)}`];
  parts.push(bundle.watermark ? `rejects from watermark ${figure(bundle.watermark.threshold.value)}` : "does not look for watermarks");
  $("bundle").textContent = parts.join(" \u00b7 ");
}

function add(files) {
  for (const file of files) {
    const card = $("card").content.firstElementChild.cloneNode(true);
    card.querySelector(".name").textContent = file.name;
    card.querySelector(".name").title = file.name;
    card.querySelector("canvas").setAttribute("aria-label", file.name);
    $("cards").append(card);
    counts.all += 1;
    queue({ file, card, round, dimensions: $("dimensions").checked });
  }
  tell();
}

function queue(job) {
  show(job.card, "waiting", "Waiting", "");
  job.card.querySelector(".again").hidden = true;
  waiting.push(job);
  next();
}

function next() {
  while (working < AT_ONCE && waiting.length) {
    const job = waiting.shift();
    working += 1;
    judge(job).finally(() => {
      working -= 1;
      next();
    });
  }
}

async function judge(job) {
  show(job.card, "waiting", "Judging\u2026", "");
  await thumbnail(job);
  let failure = "";
  try {
    const answer = await ask(job);
    if (job.round !== round) return;
    if (answer.ok) {
      const { verdicts } = await answer.json();
      return settle(job, verdicts[0]);
    }
    failure = await complaint(answer);
  } catch {
    failure = "The server does not answer.";
  }
  if (job.round === round) fail(job, failure);
}

async function ask(job) {
  for (let left = PATIENCE; ; left -= 1) {
    const form = new FormData();
    form.append("pictures", job.file, job.file.name);
    const answer = await fetch(job.dimensions ? "judge?dimensions=true" : "judge", { method: "POST", body: form });
    if (![429, 503].includes(answer.status) || !left) return answer;
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000 * (0.5 + Math.random())));
  }
}

async function complaint(answer) {
  try {
    return (await answer.json()).detail;
  } catch {
    return answer.status === 413 ? "Too large for this server." : `The server answers ${answer.status}.`;
  }
}

function settle(job, verdict) {
  const { card } = job;
  const [word, ...detail] = verdict.reason.split(": ");
  show(card, verdict.keep ? "kept" : "rejected", verdict.keep ? "\u2713 Kept" : "\u2715 Rejected", WORDS[word] ?? verdict.reason);
  card.querySelector(".reason").title = detail.join(": ");
  const measures = Object.keys(verdict.scores).map((name) => measure(name, verdict.scores[name], verdict.thresholds[name], verdict.facts));
  card.querySelector(".measures").replaceChildren(...measures);
  const { width, height, format, bytes } = verdict.facts;
  const size = bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  card.querySelector(".facts").textContent = width ? `${width} \u00d7 ${height} \u00b7 ${format} \u00b7 ${size}` : "";
  counts[verdict.keep ? "kept" : "rejected"] += 1;
  tell();
}

function fail(job, reason) {
  show(job.card, "failed", "Failed", reason);
  const again = job.card.querySelector(".again");
  again.hidden = false;
  again.onclick = () => {
    counts.failed -= 1;
    queue(job);
    tell();
  };
  counts.failed += 1;
  tell();
}

function show(card, state, badge, reason) {
  card.className = `card ${state}`;
  card.querySelector(".badge").textContent = badge;
  card.querySelector(".reason").textContent = reason;
}

function measure(name, score, threshold, facts) {
  const found = $("measure").content.firstElementChild.cloneNode(true);
  const good = name === "watermark" ? score < threshold : score >= threshold;
  const [low, high] = name === "watermark" ? [0, 1] : scale(score, threshold);
  const place = (value) => Math.min(99, Math.max(0, ((value - low) / (high - low)) * 99));
  const [from, to] = [place(threshold), place(score)];
  found.classList.add(good ? "for" : "against");
  found.querySelector(".fill").setAttribute("x", Math.min(from, to));
  found.querySelector(".fill").setAttribute("width", Math.max(1, Math.abs(to - from)));
  found.querySelector(".mark").setAttribute("x", from);
  const [value, limit] = [`${called(name)} ${figure(score)}`, `threshold ${figure(threshold)}`];
  found.querySelector("svg").setAttribute("aria-label", `${value}, ${limit}`);
  found.querySelector("b").textContent = value;
  found.querySelector("span").textContent = limit;
  const percentile = name === "novelty" ? facts.novelty_percentile : undefined;
  if (percentile === undefined) found.querySelector("i").remove();
  else found.querySelector("i").textContent = standing(percentile);
  return found;
}

function scale(score, threshold) {
  const known = models.novelty.scale ?? [threshold - 1, threshold + 1];
  return [Math.min(known[0], threshold), Math.max(known[1], threshold + Number.EPSILON)];
}

async function thumbnail({ file, card }) {
  const canvas = card.querySelector("canvas");
  if (canvas.dataset.drawn) return;
  try {
    const picture = await createImageBitmap(file);
    const aspect = picture.width / picture.height;
    const factor = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    canvas.width = Math.max(1, Math.round(picture.width * factor));
    canvas.height = Math.max(1, Math.round(picture.height * factor));
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    // A panorama cut to the frame would be another picture.
    canvas.classList.toggle("fills", aspect > 0.8 && aspect < 2);
    picture.close();
    canvas.dataset.drawn = "yes";
  } catch {
    card.querySelector(".blank").hidden = false;
  }
}

function tell() {
  const { all, kept, rejected, failed } = counts;
  const judged = kept + rejected + failed;
  const parts = [`${kept} kept`, `${rejected} rejected`];
  if (failed) parts.push(`${failed} failed`);
  if (judged < all) parts.push(`${all - judged} to go`);
  $("summary").textContent = all ? parts.join(" \u00b7 ") : "";
  $("clear").hidden = $("legend").hidden = !all;
}

function clear() {
  round += 1;
  waiting.length = 0;
  $("cards").replaceChildren();
  for (const name of Object.keys(counts)) counts[name] = 0;
  tell();
  $("files").focus();
}

$("files").addEventListener("change", () => {
  add($("files").files);
  $("files").value = ""; // the same picture may be chosen again
});
$("clear").addEventListener("click", clear);
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  add(event.dataTransfer.files);
});
document.addEventListener("paste", (event) => add(event.clipboardData.files));

fetch("bundle")
  .then((answer) => answer.json())
  .then(describe)
  .catch(() => {
    $("bundle").textContent = "The server does not say which models judge.";
  });
