// What the answers bring: asked of the server, and shown beside the pictures.

const $ = (id) => document.getElementById(id);
const AGAIN_MS = 1500;

// `learned` is called with each answer of the server; `sayAll` gives one word to many pictures.
export function tasteOf(pictures, { learned, sayAll }) {
  let asking = false;
  let stale = false;

  // One request at a time; what was said meanwhile is asked for afterwards.
  async function ask() {
    if (asking) { stale = true; return; }
    asking = true;
    stale = false;
    try {
      const answer = await fetch("taste");
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const lesson = await answer.json();
      if (!stale) show(lesson);
      if (lesson.looked < lesson.of && !lesson.problem) setTimeout(ask, AGAIN_MS);
    } catch (error) {
      $("told").textContent = `Nothing was learned (${error.message}). Is bowerbird label still running?`;
    } finally {
      asking = false;
    }
    if (stale) ask();
  }

  function show(lesson) {
    for (const p of pictures) {
      p.move = lesson.moves[p.number];
      p.weight = lesson.weights[p.number] ?? 0;
    }
    const looking = lesson.looked < lesson.of && !lesson.problem;
    $("looking").hidden = !looking;
    $("looked").max = lesson.of;
    $("looked").value = lesson.looked;
    $("looked-at").textContent = `Looking at your pictures: ${lesson.looked} of ${lesson.of}. What to ask first is known after that.`;
    const begin = looking ? "" : "Each answer counts at once.";
    $("told").textContent = lesson.problem ? `Nothing can be learned here: ${lesson.problem}` : lesson.told || begin;
    $("use").hidden = !lesson.told;
    $("command").textContent = lesson.command;
    strips(looking ? [] : lesson.strips.map((strip) => strip.map((number) => pictures[number])));
    learned(lesson, looking);
  }

  function strips(groups) {
    const open = groups.map((group) => group.filter((p) => p.label === null)).filter((group) => group.length > 1);
    $("alike").hidden = open.length === 0;
    $("strips").replaceChildren(...open.map(strip));
  }

  function strip(group, place) {
    const chosen = new Set(group);
    const item = document.createElement("li");
    const row = document.createElement("ol");
    const buttons = document.createElement("div");
    buttons.className = "all";
    const [no, yes] = [["no", false], ["yes", true]].map(([look, keep]) => {
      const button = document.createElement("button");
      button.className = look;
      button.addEventListener("click", () => { item.remove(); sayAll([...chosen], keep); });
      return button;
    });
    const hint = (key) => (place ? [] : [Object.assign(document.createElement("kbd"), { textContent: key })]);
    const count = () => {
      no.replaceChildren(...hint("⇧R"), `reject ${chosen.size}`);
      yes.replaceChildren(...hint("⇧K"), `keep ${chosen.size}`);
      for (const button of [no, yes]) button.disabled = chosen.size === 0;
    };
    row.append(...group.map((p) => {
      const each = document.createElement("li");
      const button = document.createElement("button");
      const image = document.createElement("img");
      image.src = `pictures/${p.number}/small.jpg`;
      image.loading = "lazy";
      image.alt = p.title;
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        if (!chosen.delete(p)) chosen.add(p);
        button.setAttribute("aria-pressed", String(chosen.has(p)));
        count();
      });
      button.append(image);
      each.append(button);
      return each;
    }));
    count();
    buttons.append(no, yes);
    item.append(row, buttons);
    return item;
  }

  $("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText($("command").textContent);
    $("copy").textContent = "copied";
  });
  $("taste").hidden = false;
  return ask;
}

// The first strip's buttons, for the keyboard.
export const firstStrip = (keep) => $("strips").querySelector(keep ? ".all .yes" : ".all .no")?.click();
