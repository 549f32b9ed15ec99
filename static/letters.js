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

  keepWords(form, words, {
    read: (el) => el.value.replaceAll("\r\n", "\n").trim(),
    put: (el, value) => { el.value = value; },
    taken: (back) => {
      if (back && words[0]) words[0].dispatchEvent(new Event("input", { bubbles: true }));
      last.focus();
    },
  });
})();
