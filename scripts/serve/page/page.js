// Asks the server that gave this page, and shows answers as text: nothing that a page or a model says becomes markup.
"use strict";

const at = (id) => document.getElementById(id);
let model = "";

function note(text) {
  at("note").textContent = text;
}

// A link only to web addresses: a page of the documentation may be named by anything.
function place(source) {
  const name = [source.title, source.heading].filter(Boolean).join(" > ");
  if (!/^https?:\/\//.test(source.url)) return document.createTextNode(name);
  const link = document.createElement("a");
  Object.assign(link, { href: source.url, textContent: name, rel: "noreferrer" });
  return link;
}

function item(source) {
  const entry = document.createElement("li"), text = document.createElement("p"), mark = document.createElement("mark");
  const [before, ...after] = source.text.split(source.sentence);
  mark.textContent = source.sentence;
  text.append(before, mark, after.join(source.sentence));
  entry.append(place(source), text);
  return entry;
}

function show(reply) {
  at("answer").textContent = reply.answer ?? reply.choices[0].message.content;
  at("answer").className = reply.declined ? "declined" : "";
  at("sources").replaceChildren(...(reply.sources || []).map(item));
  at("heading").hidden = !(reply.sources || []).length;
  at("heading").textContent = reply.declined ? "What came nearest" : "Sources";
}

async function ask(question) {
  const wanted = new FormData(at("ask")).get("way") === "model" ? model : "pages";
  const body = { model: wanted, messages: [{ role: "user", content: question }], temperature: 0, max_tokens: 96 };
  const reply = await fetch("v1/chat/completions", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const content = await reply.json();
  if (!reply.ok) throw new Error(content.error.message);
  return content;
}

at("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = at("question").value.trim(), button = document.querySelector("button");
  if (!question) return;
  button.disabled = true;
  at("asked").textContent = question;
  at("answer").textContent = "...";
  at("sources").replaceChildren();
  at("heading").hidden = true;
  at("result").hidden = false;
  at("result").setAttribute("aria-busy", "true");
  note("");
  try {
    show(await ask(question));
  } catch (error) {
    at("result").hidden = true;
    note(`No answer: ${error.message}. Is make serve still running?`);
  }
  at("result").setAttribute("aria-busy", "false");
  button.disabled = false;
  at("question").select();
});

// A link such as /?q=... asks at once.
const given = new URLSearchParams(location.search).get("q");
if (given) {
  at("question").value = given;
  at("ask").requestSubmit();
}

// A server without pages, or the other way round, offers one way only.
fetch("v1/models").then((reply) => reply.json()).then(({ data }) => {
  const names = data.map((it) => it.id);
  model = names.filter((name) => name !== "pages")[0];
  if (!names.includes("pages")) {
    document.querySelector("input[value=model]").checked = true;
    at("ways").hidden = true;
    note("This server was started without pages (RAG=0): the model answers alone, and may make things up.");
  }
}).catch(() => note("The server does not answer. Is make serve still running?"));
