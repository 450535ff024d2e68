"use strict";
// Draws what the board says: it counts, words and ranks nothing. Texts go in as texts, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const AGAIN_MS = 3000;
const ALIVE_MS = 60000;
const BAR = { step: 10, width: 8, height: 100, least: 6 };

const at = (id) => document.getElementById(id);
let line = null;
let token = ""; // In this page's memory alone: who closes or reloads it has left.
let looked = { unit: "", language: document.documentElement.lang };
let aliveMs = 0;

function made(tag, text, ...classes) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  node.classList.add(...classes.filter((name) => name));
  return node;
}

function said(word) {
  if (line && line.readyState === WebSocket.OPEN) line.send(JSON.stringify(word));
}

function told(id, shown = true) {
  for (const other of ["wrong", "wait", "ended", "down"]) at(other).hidden = !(shown && other === id);
}

// -- the line --------------------------------------------------------------------------------------

function open(first) {
  const opened = new WebSocket(`wss://${location.host}/live`);
  line = opened;
  opened.addEventListener("open", () => said(first));
  opened.addEventListener("message", (event) => {
    if (line === opened) heard(JSON.parse(event.data));
  });
  opened.addEventListener("close", () => {
    if (line !== opened) return;
    line = null;
    if (token) {
      at("cut").hidden = false;
      setTimeout(() => { if (token && !line) open({ type: "resume", token }); }, AGAIN_MS);
    } else if (first.type === "login" && at("wrong").hidden && at("wait").hidden) {
      told("down");
    }
  });
}

function heard(word) {
  if (word.type === "welcome") {
    token = word.token;
    at("passphrase").value = "";
    at("cut").hidden = true;
    told("", false);
    said({ type: "show", ...looked });
  } else if (word.type === "refused") {
    for (const seconds of document.querySelectorAll("#wait b")) seconds.textContent = word.wait_s;
    told(word.wait_s ? "wait" : "wrong");
    at("passphrase").select();
  } else if (word.type === "ended") {
    leave("ended");
  } else if (word.type === "sheet" && word.sheet) {
    at("login").hidden = true;
    at("board").hidden = false;
    draw(word.sheet);
  }
}

function leave(why) {
  token = "";
  if (line) line.close();
  line = null;
  for (const id of ["title", "path", "clock", "coverage", "tiles", "tables", "warning"]) at(id).replaceChildren();
  document.title = "Armband";
  at("board").hidden = true;
  at("login").hidden = false;
  told(why, Boolean(why));
  at("passphrase").focus();
}

function look(change) {
  looked = { ...looked, ...change };
  document.documentElement.lang = looked.language;
  said({ type: "show", ...looked });
}

// -- drawing ---------------------------------------------------------------------------------------

function draw(sheet) {
  const focused = document.activeElement && document.activeElement.dataset.unit;
  const here = sheet.path[sheet.path.length - 1];
  document.title = `${here.name} · ${sheet.board}`;
  at("title").textContent = sheet.board;
  at("path").replaceChildren(...sheet.path.flatMap((place) => (
    place === here ? [made("b", place.name)] : [leading(place.name, place.unit), made("span", "›")]
  )));
  at("clock").textContent = sheet.clock;
  at("warning").textContent = sheet.warning;
  at("warning").hidden = !sheet.warning;
  at("coverage").textContent = sheet.coverage.text;
  at("coverage").className = sheet.coverage.tone;
  at("tiles").replaceChildren(...sheet.tiles.map(tile));
  at("tables").replaceChildren(...sheet.tables.map(table));
  if (focused) {
    const again = [...document.querySelectorAll("[data-unit]")].find((node) => node.dataset.unit === focused);
    if (again) again.focus();
  }
}

function leading(name, unit) {
  const button = made("button", name, "link");
  button.type = "button";
  button.dataset.unit = unit;
  button.addEventListener("click", () => look({ unit }));
  return button;
}

function tile(figure) {
  const box = made("article", "", "tile");
  const title = made("h2", figure.label);
  title.append(made("small", figure.note));
  const below = made("p");
  below.append(made("span", figure.before), made("span", figure.highest));
  box.append(title, made("div", figure.value.text, "value", figure.value.tone), bars(figure), below);
  return box;
}

function bars(figure) {
  const { step, width, height, least } = BAR;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${figure.bars.length * step} ${height}`);
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `${figure.before} ${figure.highest}`);
  const highest = Math.max(1, ...figure.bars);
  figure.bars.forEach((count, index) => {
    const bar = document.createElementNS(SVG, "rect");
    const tall = count ? Math.max(least, (count * height) / highest) : 2;
    bar.setAttribute("x", index * step);
    bar.setAttribute("y", height - tall);
    bar.setAttribute("width", width);
    bar.setAttribute("height", tall);
    picture.append(bar);
  });
  return picture;
}

function table(list) {
  const box = made("div");
  box.id = `table-${list.name}`;
  const top = made("div", "", "top");
  top.append(made("h2", list.title), made("p", list.note.text, list.note.tone));
  box.append(top);
  if (!list.rows.length) {
    box.append(made("p", list.empty, "empty"));
    return box;
  }
  const kind = (index) => (index < list.words ? "" : "figure");
  const grid = made("table");
  const heads = made("tr");
  heads.append(...list.heads.map((head, index) => made("th", head, kind(index))));
  const head = made("thead");
  head.append(heads);
  const body = made("tbody");
  for (const row of list.rows) {
    const cells = row.cells.map((cell, index) => made("td", cell.text, kind(index), cell.tone));
    if (row.unit) cells[0].replaceChildren(leading(row.cells[0].text, row.unit));
    const drawn = made("tr");
    drawn.append(...cells);
    body.append(drawn);
  }
  grid.append(head, body);
  box.append(grid);
  return box;
}

// -- what somebody does ----------------------------------------------------------------------------

at("login-form").addEventListener("submit", (event) => {
  event.preventDefault();
  told("", false);
  if (line) line.close();
  open({ type: "login", passphrase: at("passphrase").value });
});
at("logout").addEventListener("click", () => {
  said({ type: "logout" });
  leave("");
});
for (const button of document.querySelectorAll(".switch")) {
  button.addEventListener("click", () => look({ language: looked.language === "zh" ? "en" : "zh" }));
}
for (const happened of ["keydown", "pointerdown", "pointermove"]) {
  addEventListener(happened, () => {
    if (!token || Date.now() - aliveMs < ALIVE_MS) return;
    aliveMs = Date.now();
    said({ type: "alive" });
  });
}
