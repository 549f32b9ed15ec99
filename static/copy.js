/* «Copy the text»: puts the text of a chat, or the address of a link, into the clipboard. Without this file, or without a
   clipboard, the text is selected by hand: a hint of how stands where a hidden button waits for this file. */
(() => {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) {
    const hint = document.getElementById(button.dataset.copyHint);
    button.hidden = false;
    if (hint) hint.hidden = true;
  }
  const select = (el) => { const range = document.createRange(); range.selectNodeContents(el); const now = getSelection(); now.removeAllRanges(); now.addRange(range); };
  const tell = (button, words) => {
    const label = button.querySelector("span"), status = document.getElementById("status");
    button.dataset.words ??= label.textContent;
    label.textContent = words;
    if (status) status.textContent = words;
    setTimeout(() => { label.textContent = button.dataset.words; }, 4000);
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]"), text = button && document.getElementById(button.dataset.copy);
    if (!text) return;
    try {
      await navigator.clipboard.writeText(text.href ?? text.textContent);
      tell(button, button.dataset.copied);
    } catch {
      select(text);
      tell(button, button.dataset.copyFailed);
    }
  });
})();
