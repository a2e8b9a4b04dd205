// What a reader does on a page. Everything is on the page already: nothing is loaded.
"use strict";

// A curve that is read off: the slider, or the mouse on the chart, moves the line and changes the sentence.
for (const reading of document.querySelectorAll(".reading")) {
  const points = JSON.parse(reading.querySelector("script").textContent);
  const [slider, said, marker, chart] = ["input", "output", ".marker", "svg"].map((part) => reading.querySelector(part));
  const dots = marker.querySelectorAll("circle");
  const read = () => {
    const point = points[slider.value];
    said.textContent = point.said;
    slider.setAttribute("aria-valuetext", point.said);
    marker.setAttribute("transform", `translate(${point.x} 0)`);
    dots.forEach((dot, i) => dot.setAttribute("cy", point.dots[i]));
  };
  // What is pointed at is shown while the mouse is there; what was chosen by a click, a touch or the slider stays.
  let chosen = slider.value;
  const choose = () => {
    chosen = slider.value;
  };
  chart.addEventListener("pointermove", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse()).x;
    const share = (at - points[0].x) / (points.at(-1).x - points[0].x);
    slider.value = Math.round(share * slider.max);
    read();
  });
  chart.addEventListener("click", choose);
  chart.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "mouse") choose();
    slider.value = chosen;
    read();
  });
  slider.addEventListener("input", () => {
    choose();
    read();
  });
  reading.querySelector(".control").hidden = false;
  read();
}

// A long table: search its text, sort by a column, see the first rows or all.
for (const box of document.querySelectorAll(".searchable")) {
  const [search, count, button, body] = ["input", "output", "button", "tbody"].map((part) => box.querySelector(part));
  const notFound = box.querySelector(".not-found");
  const headers = [...box.querySelectorAll("th")];
  const rows = [...body.rows].map((row) => ({
    row,
    text: [...row.querySelectorAll(".left")].map((cell) => cell.textContent).join(" ").toLowerCase(),
  }));
  const first = Number(box.dataset.first);
  let order = rows;
  let all = false;

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/);
    const found = order.filter(({ text }) => words.every((word) => text.includes(word)));
    const shown = new Set(all ? found : found.slice(0, first));
    for (const one of rows) one.row.hidden = !shown.has(one);
    found.forEach(({ row }, i) => row.classList.toggle("beyond", i >= first));
    count.textContent = `${found.length} of ${rows.length} ${box.dataset.things}`;
    if (found.length > shown.size) count.textContent += `, the first ${shown.size} are shown`;
    notFound.hidden = found.length > 0;
    box.classList.toggle("first", !all);
    button.hidden = found.length <= first;
    button.textContent = all ? `Show the first ${first}` : `Show all ${found.length}`;
  };

  // Among equals the order of the page stays. What is no number comes last.
  const sort = (header, down) => {
    const column = headers.indexOf(header);
    const isText = header.classList.contains("left");
    const key = ({ row }) => {
      const text = row.cells[column].textContent;
      return isText ? text : Number.parseFloat(text.replaceAll(",", ""));
    };
    const compare = isText ? (a, b) => a.localeCompare(b) : (a, b) => a - b;
    order = rows
      .map((one) => [key(one), one])
      .sort(([a], [b]) => Number.isNaN(a) - Number.isNaN(b) || (down ? compare(b, a) : compare(a, b)))
      .map(([, one]) => one);
    body.append(...order.map(({ row }) => row));
    for (const other of headers) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    show();
  };

  for (const header of headers) {
    const click = document.createElement("button");
    click.type = "button";
    click.append(...header.childNodes);
    header.append(click);
    header.setAttribute("aria-sort", "none");
    // Numbers begin with the largest, text with A.
    click.addEventListener("click", () => {
      const now = header.getAttribute("aria-sort");
      sort(header, now === "none" ? header.classList.contains("right") : now === "ascending");
    });
  }
  search.addEventListener("input", show);
  button.addEventListener("click", () => {
    all = !all;
    show();
  });
  box.querySelector(".control").hidden = false;
  show();
}

// The card of a customer: an id in a table is a button that puts this customer's values in place, as does an address
// that ends with #customer=ID.
for (const data of document.querySelectorAll("script.customers")) {
  const known = new Map(JSON.parse(data.textContent).map((one) => [one.id, one]));
  const card = document.querySelector(".who");
  const address = (id) => `#customer=${encodeURIComponent(id)}`;

  const show = (one) => {
    for (const [field, text] of Object.entries(one.texts)) {
      document.querySelector(`[data-field="${field}"]`).textContent = text;
    }
    for (const [level, [begin, length]] of Object.entries(one.bars)) {
      const bar = document.querySelector(`[data-bar="${level}"]`);
      bar.setAttribute("x", begin);
      bar.setAttribute("width", length);
    }
    for (const line of document.querySelectorAll('[data-bar="forecast"]')) {
      line.setAttribute("transform", `translate(${one.forecast})`);
    }
    const items = one.reasons.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    });
    document.querySelector('[data-field="reasons"]').replaceChildren(...items);
    document.querySelector(".no-reasons").hidden = items.length > 0;
    card.closest("section").scrollIntoView();
    card.focus({ preventScroll: true });
  };
  const follow = () => {
    const [, id] = location.hash.match(/^#customer=(.*)$/) ?? [];
    const one = id === undefined ? undefined : known.get(decodeURIComponent(id));
    if (one) show(one);
  };

  for (const cell of document.querySelectorAll("td:first-child")) {
    const id = cell.textContent;
    if (!known.has(id)) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = id;
    button.title = "Show the card of this customer";
    button.addEventListener("click", () => {
      if (location.hash === address(id)) follow();
      else location.hash = address(id);
    });
    cell.replaceChildren(button);
  }
  addEventListener("hashchange", follow);
  addEventListener("load", follow);
}

// A link to what is folded opens it, also when a page is opened by such a link.
for (const event of ["hashchange", "load"]) {
  addEventListener(event, () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let folded = target?.closest("details"); folded; folded = folded.parentElement.closest("details")) {
      folded.open = true;
    }
  });
}

// Paper cannot be clicked: what is folded is printed open.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) {
    folded.open = true;
    folded.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("details[data-printed]")) {
    folded.open = false;
    delete folded.dataset.printed;
  }
});
