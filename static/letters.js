/* The letter editor: a placeholder goes in at the cursor, words that were not kept come back. Everything works without it. */
(() => {
  const form = document.getElementById("letter");
  if (!form) return;
  const words = [...form.querySelectorAll("#letter-words textarea, #letter-words input")];
  let last = words[words.length - 1];
  for (const el of form.querySelectorAll("[data-no-script]")) el.hidden = true;
  form.addEventListener("focusin", (event) => { if (words.includes(event.target) && event.target.name !== "title") last = event.target; });

  const typed = (name) => { const el = form.querySelector(`[name=${name}]:checked, input[name=${name}]:not([type=radio])`); return el ? el.value : ""; };
  const snippet = (name) => {
    const other = typed("fallback").trim().replaceAll('"', "'");
    if (typed("how") === "condition") return `{% if ${name} %}…{% endif %}`;
    return typed("how") === "fallback" && other ? `{{ ${name} | default: "${other}" }}` : `{{ ${name} }}`;
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    event.preventDefault();
    last.focus();
    last.setRangeText(snippet(button.dataset.insert), last.selectionStart, last.selectionEnd, "end");
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What was typed outlives a lost session, a lost line and a closed tab until it is kept on the server.
  const key = form.dataset.key, same = (text) => text.replaceAll("\r\n", "\n").trim();
  const now = () => JSON.stringify(words.map((el) => same(el.value)));
  const start = now(), kept = localStorage.getItem(key);
  form.addEventListener("input", (event) => { if (words.includes(event.target)) localStorage.setItem(key, now()); });
  if (kept === start && "saved" in form.dataset) localStorage.removeItem(key);
  if (!kept || kept === start) return;
  const box = document.createElement("div"), text = document.createElement("span");
  box.className = "note note--yellow";
  box.setAttribute("role", "status");
  text.textContent = form.dataset.keptSaid + " ";
  box.append(text);
  for (const [said, act] of [[form.dataset.keptTake, true], [form.dataset.keptDrop, false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = said;
    button.addEventListener("click", () => {
      if (act) JSON.parse(kept).forEach((value, i) => { if (words[i]) words[i].value = value; });
      else localStorage.removeItem(key);
      if (act && words[0]) words[0].dispatchEvent(new Event("input", { bubbles: true }));
      box.remove();
      last.focus();
    });
    box.append(button, " ");
  }
  form.before(box);
})();
