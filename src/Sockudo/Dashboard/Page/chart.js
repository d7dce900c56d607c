// A small line of the last minutes.
const svg = 'http://www.w3.org/2000/svg';
const points = 60;
const width = 100;
const height = 40;

/** One chart: `add` takes the next value. It is a picture of a number that stands beside it, so it is hidden from screen readers. */
export function sparkline() {
  const values = [];
  const element = document.createElementNS(svg, 'svg');
  const area = element.appendChild(document.createElementNS(svg, 'polygon'));
  const line = element.appendChild(document.createElementNS(svg, 'polyline'));
  element.setAttribute('viewBox', `0 0 ${width} ${height}`);
  element.setAttribute('preserveAspectRatio', 'none');
  element.setAttribute('class', 'spark');
  element.setAttribute('aria-hidden', 'true');
  return {
    element,
    add(value) {
      values.push(value);
      if (values.length > points) values.shift();
      const most = Math.max(...values) || 1;
      const x = (index) => (width * (points - values.length + index)) / (points - 1);
      const y = (entry) => height - 2 - ((height - 4) * entry) / most;
      const shape = values.map((entry, index) => `${x(index).toFixed(2)},${y(entry).toFixed(2)}`).join(' ');
      line.setAttribute('points', shape);
      area.setAttribute('points', `${x(0).toFixed(2)},${height} ${shape} ${width},${height}`);
    },
  };
}
