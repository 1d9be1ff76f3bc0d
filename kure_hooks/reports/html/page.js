// The page is whole without this: it only filters, unfolds and copies.

const files = [...document.querySelectorAll("details.file")].map((node) => ({
  node,
  kind: node.dataset.kind,
  number: Number(node.dataset.files),
  risky: node.dataset.risky === "yes",
  text: [node.dataset.path, node.closest("section").dataset.clusters ?? "", ...[...node.querySelectorAll(".object, .field")].map((each) => each.textContent)]
    .join("\n")
    .toLowerCase(),
}));
const every = files.reduce((sum, file) => sum + file.number, 0);
const sections = [...document.querySelectorAll("section.cluster")];
const controls = document.getElementById("controls");
const words = document.getElementById("filter");
const risky = document.getElementById("risky");
const kinds = controls ? [...controls.querySelectorAll("input[value]")] : [];

function matching() {
  const wanted = words.value.toLowerCase().split(/\s+/);
  const chosen = new Set(kinds.filter((each) => each.checked).map((each) => each.value));
  return (file) =>
    chosen.has(file.kind) &&
    (file.risky || !risky?.checked) &&
    wanted.every((word) => file.text.includes(word));
}

function filter() {
  const matches = matching();
  let shown = 0;
  for (const file of files) {
    file.node.hidden = !matches(file);
    if (!file.node.hidden) shown += file.number;
  }
  for (const section of sections) {
    section.hidden = shown < every && !section.querySelector("details.file:not([hidden])");
  }
  document.getElementById("count").textContent = `${shown} of ${every} files shown`;
}

function unfold(open) {
  for (const { node } of files) {
    if (!node.hidden) node.open = open;
  }
}

async function copy() {
  const command = document.getElementById("fix");
  const said = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(command.textContent);
    said.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(command);
    said.textContent = "Selected; copy it with the keyboard";
  }
}

if (controls) {
  controls.hidden = false;
  controls.addEventListener("input", filter);
  document.getElementById("open").addEventListener("click", () => unfold(true));
  document.getElementById("close").addEventListener("click", () => unfold(false));
  filter();
}

const button = document.getElementById("copy");
if (button) {
  button.hidden = false;
  button.addEventListener("click", copy);
}
