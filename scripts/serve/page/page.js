// Asks the server that gave this page, and shows answers as text: nothing that a page or a model says becomes markup.
"use strict";

const at = (id) => document.getElementById(id);
const PAGES = { id: "pages", name: "The pages", which: "", about: "Word for word, with the source." };
let models = [], pages = [PAGES], running = new AbortController();

function note(text) {
  at("note").textContent = text;
}

// title: the folder of a model that was trained here, "base", or the name of a GGUF file from elsewhere.
function described({ id, title = "", system_prompt: prompt }) {
  const [name, which] = title === "base" ? ["Base model", "before training"]
    : title.endsWith(".gguf") ? ["Model", title] : ["Tuned model", title];
  return { id, name, which, prompt, about: "From memory, may be wrong." };
}

// A link only to web addresses: a page of the documentation may be named by anything.
function place(source) {
  const name = [source.title, source.heading].filter(Boolean).join(" > ");
  if (!/^https?:\/\//.test(source.url)) return document.createTextNode(name);
  const link = document.createElement("a");
  Object.assign(link, { href: source.url, textContent: name, rel: "noreferrer" });
  return link;
}

// Text with `code` in it as nodes: the Markdown of the pages is shown as it is but for that.
function coded(text) {
  return text.split(/`([^`\n]+)`/).map((part, number) => {
    if (number % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}

// What a page says, with the sentence that supports the answer marked.
function marked(source) {
  const mark = document.createElement("mark"), [before, ...after] = source.text.split(source.sentence);
  mark.append(...coded(source.sentence));
  return [...coded(before), mark, ...coded(after.join(source.sentence))];
}

function item(source) {
  const entry = document.createElement("li"), text = document.createElement("p");
  text.append(...marked(source));
  entry.append(place(source), text);
  return entry;
}

function showSources(card, { answer, declined, sources }) {
  const part = (name) => card.querySelector(name), others = declined ? sources : sources.slice(1);
  card.classList.toggle("declined", declined);
  part(".answer").replaceChildren(...(declined ? [answer] : marked(sources[0])));
  part(".source").hidden = declined;
  if (!declined) part(".source").replaceChildren("Source: ", place(sources[0]));
  part("details").hidden = !others.length;
  part("details").open = declined;
  part("summary").textContent = declined ? "What came nearest" : `Also on the pages (${others.length})`;
  part("ul").replaceChildren(...others.map(item));
}

// The events of a streamed reply, as objects; Error when the server tells of one, or breaks off.
async function* events(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the server broke off");
    const whole = (rest + value).split("\n\n");
    rest = whole.pop();
    for (const event of whole) {
      if (event === "data: [DONE]") return;
      const chunk = JSON.parse(event.replace("data: ", ""));
      if (chunk.error) throw new Error(chunk.error.message);
      yield chunk;
    }
  }
}

async function ask(who, question, card, signal) {
  const system = who.prompt ? [{ role: "system", content: who.prompt }] : [];
  const messages = [...system, { role: "user", content: question }];
  const body = { model: who.id, messages, stream: true, temperature: 0, max_tokens: 96, seed: 0 };
  const reply = await fetch("v1/chat/completions", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  });
  if (!reply.ok) throw new Error((await reply.json()).error.message);
  const answer = card.querySelector(".answer");
  let text = "";
  for await (const chunk of events(reply)) {
    text += chunk.choices[0].delta.content ?? "";
    if (chunk.sources) showSources(card, chunk);
    else if (text.trim()) answer.textContent = text.trim();
  }
}

function newCard(who) {
  const card = at("card").content.cloneNode(true).firstElementChild;
  card.querySelector("h3").textContent = who.name;
  card.querySelector(".which").textContent = who.which;
  card.querySelector(".about").textContent = who.about;
  card.querySelector(".answer").textContent = "...";
  card.classList.add(who.id === "pages" ? "pages" : "model");
  return card;
}

// One after the other, as the server answers them. What is asked next ends this.
async function askAll(question) {
  running.abort();
  const { signal } = (running = new AbortController());
  const way = new FormData(at("ask")).get("way");
  const asked = [...(way === "models" ? [] : pages), ...(way === "pages" && pages.length ? [] : models)];
  const cards = asked.map(newCard);
  at("asked").textContent = question;
  at("cards").replaceChildren(...cards);
  at("said").replaceChildren();
  at("result").hidden = false;
  note("");
  for (const [number, who] of asked.entries()) {
    try {
      await ask(who, question, cards[number], signal);
    } catch (error) {
      if (signal.aborted) return;
      cards[number].querySelector(".answer").textContent = "No answer.";
      note(`${who.name}: ${error.message}. Is make serve still running?`);
    }
    cards[number].setAttribute("aria-busy", "false");
    const said = document.createElement("p");
    said.textContent = `${who.name}: ${cards[number].querySelector(".answer").textContent}`;
    at("said").append(said);
  }
}

at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = at("question").value.trim();
  if (question) askAll(question);
});
at("ways").addEventListener("change", () => at("result").hidden || askAll(at("asked").textContent));

async function start() {
  const { data } = await (await fetch("v1/models")).json();
  pages = data.some(({ id }) => id === "pages") ? [PAGES] : [];
  models = data.filter(({ id }) => id !== "pages").map(described);
  at("ways").hidden = !pages.length;
  if (!pages.length) note("This server was started without pages (RAG=0): the models answer from memory.");
  // A link such as /?q=... asks at once.
  at("question").value = new URLSearchParams(location.search).get("q") ?? "";
  if (at("question").value.trim()) at("ask").requestSubmit();
}
start().catch(() => note("The server does not answer. Is make serve still running?"));
