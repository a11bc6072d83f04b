// Shows the facts of a page and sends each decision to the server that gave this page; all text is shown as text.
"use strict";

const at = (id) => document.getElementById(id);
let pages = [], name = "", busy = false;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick" || key === "onsubmit") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function note(text, bad = false) {
  at("note").textContent = text;
  at("note").className = bad ? "bad" : "";
}

async function ask(path, body) {
  const reply = await fetch(path, body && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const content = await reply.json();
  if (!reply.ok) throw new Error(content.error.message);
  return content;
}

function failed(error) {
  note(error instanceof TypeError ? "The server does not answer. Is make review still running?" : error.message, true);
}

// A statement, or a question or answer of a fact: what is decided about one at a time.
function item(fact, text, entry) {
  const statement = text === undefined, was = statement ? fact.fact : text;
  const now = (statement ? entry.statement : entry.edited?.[text]) || was;
  const out = statement ? entry.decision === "rejected" : (entry.rejected || []).includes(text);
  const state = [out ? "Rejected" : statement && entry.decision ? "Accepted" : "", now === was ? "" : "Edited"];
  const words = state.filter(Boolean).join(", ");
  const acts = [["reject", "Reject"], ["edit", "Edit"]];
  if (out) acts.shift();
  if (statement && entry.decision !== "accepted") acts.unshift(["accept", "Accept"]);
  if (words) acts.push(["undo", "Undo"]);
  const box = make("div", { class: out ? "item out" : "item", tabindex: -1, role: "group",
    "aria-label": [statement ? "Statement" : "Text", words, now].filter(Boolean).join(": ") });
  Object.assign(box, { fact, text, was, now });
  box.append(make("div", {}, make("p", { class: "said" }, now), ...(now === was ? [] : [make("p", { class: "was" }, `was: ${was}`)])));
  if (words) box.append(make("p", { class: "state" }, words));
  box.append(make("div", { class: "acts" }, ...acts.map(([act, label]) =>
    make("button", { class: act, type: "button", tabindex: -1, onclick: () => perform(act, box) }, label))));
  return box;
}

function groups(fact) {
  return fact.groups.map((group) => make("div", { class: "group" }, make("h4", {}, group.label),
    ...group.texts.map((text) => item(fact, text, fact.entry))));
}

function card(fact) {
  const box = make("li", { class: `fact ${fact.entry.decision || ""}` });
  box.append(item(fact, undefined, fact.entry), make("blockquote", {}, make("mark", {}, fact.source)));
  box.append(make("p", { class: "terms" }, "Key terms: ", make("b", {}, fact.terms.join(", "))), ...groups(fact));
  return box;
}

function part(it) {
  const text = make("div", { class: "text" }, ...it.pieces.map((piece) => {
    if (!piece.facts.length) return piece.text;
    const mark = make("mark", {}, piece.text);
    mark.facts = piece.facts;
    return mark;
  }));
  const box = make("section", { class: it.facts.length ? "part stated" : "part" }, make("h3", {}, it.title), text);
  if (it.facts.length) box.append(make("ol", { class: "facts" }, ...it.facts.map(card)));
  return box;
}

function dropped(reasons) {
  const count = reasons.reduce((sum, [, rows]) => sum + rows.length, 0);
  const box = make("details", {}, make("summary", {}, `Dropped by the rules: ${count}`));
  for (const [reason, rows] of reasons) {
    box.append(make("h4", { class: "reason" }, `${reason} (${rows.length})`), make("ul", { class: "drops" },
      ...rows.map(([said, more]) => make("li", {}, said, make("span", {}, more)))));
  }
  return box;
}

function nowhere(fact) {
  const cards = fact.groups.map((group) => make("li", { class: "fact" }, ...groups({ ...fact, groups: [group] })));
  return make("section", { class: "part" }, make("h3", {}, "Questions that no page answers"), make("ol", { class: "facts" }, ...cards));
}

function counts() {
  const sum = (key) => pages.reduce((total, page) => total + page[key], 0);
  at("count").textContent = `${sum("decided")} of ${sum("facts")} facts decided`;
  at("progress").max = sum("facts") || 1;
  at("progress").value = sum("decided");
  at("pages").replaceChildren(...pages.map((page) => {
    const link = make("a", { href: `#${encodeURIComponent(page.name)}` }, make("span", {}, page.name),
      make("small", { "aria-label": `${page.decided} of ${page.facts} decided` }, `${page.decided}/${page.facts}`));
    if (page.name === name) link.setAttribute("aria-current", "page");
    return make("li", { class: page.facts && page.decided === page.facts ? "done" : "" }, link);
  }));
}

const items = () => [...document.querySelectorAll(".item")].filter((box) => box.getClientRects().length);

// One item is in the order of the Tab key, with its buttons; j and k go to the others.
function current(box, focus = true) {
  if (!box) return;
  for (const element of document.querySelectorAll(".item[tabindex='0'], .item button[tabindex='0']")) element.tabIndex = -1;
  for (const element of [box, ...box.querySelectorAll("button")]) element.tabIndex = 0;
  for (const mark of document.querySelectorAll(".text mark")) mark.classList.toggle("here", mark.facts.includes(box.fact.id));
  if (!focus) return;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: box.text === undefined ? "start" : "nearest" });
  const mark = box.closest(".part").querySelector("mark.here");
  const column = mark?.closest(".text");
  if (column && column.scrollHeight > column.clientHeight) column.scrollTop = mark.offsetTop - column.offsetTop - 40;
}

// The fact again, with what was decided; the same item is the current one.
function again(fact, text, entry) {
  for (const box of items()) if (box.fact.id === fact.id) box.fact.entry = entry;
  const before = items().find((box) => box.fact === fact && box.text === text);
  const old = before.closest(".fact");
  if (old.querySelector("blockquote")) old.replaceWith(card(fact));
  else before.replaceWith(item(fact, text, entry));
  return items().find((box) => box.fact === fact && box.text === text);
}

async function send(box, change, step) {
  if (busy) return;
  busy = true;
  try {
    const { fact, text } = box;
    const reply = await ask("decision", { id: fact.id, ...(text === undefined ? {} : { text }), ...change });
    pages = reply.pages;
    const made = again(fact, text, reply.entry), all = items(), after = all.slice(all.indexOf(made) + 1);
    counts();
    note(`${{ accepted: "Accepted", rejected: "Rejected", "": "Undone" }[change.decision] ?? "Edited"}: ${made.now}`);
    current((step && after.find((it) => text !== undefined || it.text === undefined)) || made);
  } catch (error) {
    failed(error);
    if (!box.querySelector("form")) current(box);
  }
  busy = false;
}

function edit(box) {
  if (box.querySelector("form")) return;
  const said = box.querySelector(".said"), area = make("textarea", { rows: 2, "aria-label": "New text" });
  area.value = box.now;
  const close = () => { form.replaceWith(said); current(box); };
  const save = (event) => { event.preventDefault(); send(box, { edit: area.value }, false); };
  const form = make("form", { onsubmit: save }, area, make("button", {}, "Save"),
    make("button", { type: "button", onclick: close }, "Cancel"));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.isComposing) save(event);
  });
  said.replaceWith(form);
  area.focus();
  note("Enter saves, Esc leaves it as it was.");
}

function perform(act, box) {
  if (act === "edit") edit(box);
  if (act === "accept") send(box, { decision: "accepted" }, true);
  if (act === "reject") send(box, { decision: "rejected" }, true);
  if (act === "undo") send(box, { decision: "" }, false);
}

const open = (page) => { if (page) location.hash = encodeURIComponent(page.name); };

function undecided(box) {
  const waits = (it) => it.text === undefined && it.fact.groups && !it.fact.entry.decision;
  const all = items(), here = all.indexOf(box);
  const next = [...all.slice(here + 1), ...all.slice(0, here)].find(waits);
  const index = pages.findIndex((page) => page.name === name);
  if (next) current(next);
  else if (!open([...pages.slice(index + 1), ...pages.slice(0, index)].find((page) => page.decided < page.facts))) note("All facts of this page are decided.");
}

// Only while an item or a button of one is focused, so that the letters stay free for screen readers and fields.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest(".item");
  if (!box || event.target.closest("form") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = items(), index = pages.findIndex((page) => page.name === name), here = all.indexOf(box);
  const go = {
    j: () => current(all[here + 1]), ArrowDown: () => current(all[here + 1]),
    k: () => current(all[here - 1]), ArrowUp: () => current(all[here - 1]),
    a: () => perform("accept", box), r: () => perform("reject", box), e: () => perform("edit", box), u: () => perform("undo", box),
    n: () => undecided(box), "[": () => open(pages[index - 1]), "]": () => open(pages[index + 1]),
  }[event.key];
  if (!go) return;
  event.preventDefault();
  go();
});

document.addEventListener("focusin", (event) => {
  const box = event.target.closest?.(".item");
  if (box) current(box, false);
});

async function show() {
  try {
    pages = (await ask("pages")).pages;
    const wanted = decodeURIComponent(location.hash.slice(1));
    name = (pages.find((page) => page.name === wanted) || pages.find((page) => page.facts > page.decided) || pages[0]).name;
    const content = await ask(`page?name=${encodeURIComponent(name)}`);
    at("page").textContent = name;
    document.title = `${name}: review the facts`;
    const found = content.parts.map(part);
    if (content.nowhere.groups.length) found.push(nowhere(content.nowhere));
    if (content.dropped.length) found.push(dropped(content.dropped));
    at("parts").replaceChildren(...found);
    counts();
    note("");
    const all = items(), first = all.find((box) => box.text === undefined && !box.fact.entry.decision) || all[0];
    if (first) current(first);
    else at("page").focus();
    if (first === all[0]) scrollTo(0, 0);
  } catch (error) {
    failed(error);
  }
}

const wide = matchMedia("(min-width: 60rem)");
const fold = () => { at("switch").open = wide.matches; };
wide.addEventListener("change", fold);
addEventListener("hashchange", show);
fold();
show();
