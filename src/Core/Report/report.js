// Sorts, filters and narrows the tables of the report, and copies its commands. The page has all of its content without
// this script. What the reader chose stands in the address of the page, so that it can be passed on.
'use strict';
(() => {
  const choices = new URLSearchParams(location.search);
  const tables = [...document.querySelectorAll('.wide > table')];
  const number = text => {
    const match = /^[≥>]?\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)/i.exec(text);
    return match ? Number(match[1]) : null;
  };

  function remember(key, value) {
    if (value) choices.set(key, value); else choices.delete(key);
    const query = choices.toString();
    try {
      history.replaceState(null, '', location.pathname + (query ? '?' + query : '') + location.hash);
    } catch {
      // Some browsers keep the address of a local file as it is.
    }
  }

  function add(parent, name, properties = {}) {
    const element = Object.assign(document.createElement(name), properties);
    parent.append(element);
    return element;
  }

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const key = row => row.cells[column].textContent.trim();
    const rows = [...body.rows].sort((a, b) => a.dataset.place - b.dataset.place);
    if (direction) rows.sort((a, b) => {
      const [left, right] = [key(a), key(b)];
      const [x, y] = [number(left), number(right)];
      // Cells without a number come last in both directions.
      if (x === null || y === null)
        return (x === null) - (y === null) || direction * left.localeCompare(right, 'en', { numeric: true });
      return direction * (x - y);
    });
    body.append(...rows);
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      const own = index === column && direction;
      if (own) head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
      else head.removeAttribute('aria-sort');
    });
  }

  function filter(table, text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table.tBodies[0].rows) {
      const content = [...row.cells].map(cell => cell.textContent).join(' ').toLowerCase();
      row.hidden = !words.every(word => content.includes(word));
    }
  }

  function show(table, column, visible) {
    for (const row of table.rows) if (row.cells[column]) row.cells[column].hidden = !visible;
  }

  function sorting(table, id) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.append(...head.childNodes);
      head.append(button);
      button.onclick = () => {
        // The third click restores the order of the report.
        const now = { ascending: 1, descending: -1 }[head.getAttribute('aria-sort')] || 0;
        const next = now === 0 ? 1 : now === 1 ? -1 : 0;
        sort(table, column, next);
        remember(id + 's', next && `${next > 0 ? '' : '-'}${column}`);
      };
    });
    const chosen = /^(-?)(\d+)$/.exec(choices.get(id + 's') || '');
    if (chosen && table.tHead.rows[0].cells[chosen[2]]) sort(table, Number(chosen[2]), chosen[1] ? -1 : 1);
  }

  function filtering(table, id, bar) {
    const input = add(add(bar, 'label', { textContent: 'Filter ' }), 'input', { type: 'search' });
    input.value = choices.get(id + 'f') || '';
    input.oninput = () => {
      filter(table, input.value);
      remember(id + 'f', input.value);
    };
    filter(table, input.value);
  }

  function narrowing(table, id, bar) {
    const details = add(bar, 'details');
    add(details, 'summary', { textContent: 'Columns' });
    const hidden = new Set((choices.get(id + 'h') || '').split('.').filter(Boolean).map(Number));
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      // The first column names the row.
      if (column === 0) return;
      const label = add(details, 'label');
      const box = add(label, 'input', { type: 'checkbox', checked: !hidden.has(column) });
      label.append(' ' + head.textContent.trim());
      box.onchange = () => {
        if (box.checked) hidden.delete(column); else hidden.add(column);
        show(table, column, box.checked);
        remember(id + 'h', [...hidden].sort((a, b) => a - b).join('.'));
      };
      if (hidden.has(column)) show(table, column, false);
    });
  }

  tables.forEach((table, index) => {
    const id = 't' + index;
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 2) return;
    rows.forEach((row, place) => { row.dataset.place = place; });
    const bar = document.createElement('div');
    bar.className = 'bar';
    if (rows.length > 8) filtering(table, id, bar);
    if (table.tHead.rows[0].cells.length > 4) narrowing(table, id, bar);
    if (bar.childNodes.length) table.parentElement.before(bar);
    sorting(table, id);
  });

  // A page about a run that goes on loads itself anew, unless the reader turned that off.
  const running = document.querySelector('[data-refresh]');
  if (running && !choices.has('stay')) setTimeout(() => location.reload(), 1000 * running.dataset.refresh);

  // A link to a folded part unfolds it.
  function unfold() {
    const id = decodeURIComponent(location.hash.slice(1));
    for (let part = id && document.getElementById(id); part; part = part.parentElement)
      if (part.tagName === 'DETAILS') part.open = true;
  }
  addEventListener('hashchange', unfold);
  unfold();

  for (const text of document.querySelectorAll('pre')) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'copy', textContent: 'Copy' });
    button.onclick = async () => {
      const selection = getSelection();
      selection.selectAllChildren(text);
      try {
        await navigator.clipboard.writeText(text.textContent);
      } catch {
        // A page from a file has no clipboard; the text stays selected for the keyboard.
        document.execCommand('copy');
      }
      button.textContent = 'Copied';
    };
    text.before(button);
  }
})();
