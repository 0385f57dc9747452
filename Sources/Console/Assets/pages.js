// Comfort only: every page works without it.
// A code that is pasted may have spaces in it; where it is known how many digits a code has, a whole one leads to the button.
for (const input of document.querySelectorAll("input[data-code]")) {
  input.addEventListener("paste", (event) => {
    const text = (event.clipboardData.getData("text") || "").trim();
    if (!/^[0-9][0-9 ]*$/.test(text)) return;
    event.preventDefault();
    input.value = text.replaceAll(" ", "");
    input.dispatchEvent(new Event("input"));
  });
  input.addEventListener("input", () => {
    if (/^[0-9]+$/.test(input.value) && String(input.value.length) === input.dataset.code) input.form.querySelector("button[type=submit]").focus();
  });
}
