const $ = (id) => document.getElementById(id);

async function signIn(token) {
  const answer = await fetch("/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  if (answer.ok) location.replace(location.pathname + location.search);
  else $("problem").textContent = await answer.text();
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn($("token").value).catch(() => { $("problem").textContent = "The server does not answer."; });
});

// The link that the terminal printed carries the token behind its #, which a browser sends to nobody.
const linked = decodeURIComponent(location.hash.slice(1));
if (linked) {
  history.replaceState(null, "", location.pathname + location.search);
  signIn(linked).catch(() => {});
} else if ((await fetch("/signed-in")).ok) {
  // Whoever comes from another page's link is sent here first: browsers hold our cookie back then.
  location.reload();
}
