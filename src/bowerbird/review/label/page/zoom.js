// Swipe, double tap, pinch and drag on the picture. Nothing here knows what a word is.

const NEAR = 10; // pixels that a finger may tremble
const LARGEST = 8;

export function gestures(frame, image, hint, { swiped }) {
  const view = { scale: 1, x: 0, y: 0 };
  const fingers = new Map();
  let start = null;
  let lastTap = 0;

  const draw = (settling = false) => {
    image.classList.toggle("settling", settling);
    image.style.transform = view.scale === 1 && !view.x && !view.y ? "" : `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
    frame.classList.toggle("zoomed", view.scale > 1);
  };

  // The picture's point under (x, y), in the frame, stays where it is.
  const zoom = (scale, x, y) => {
    const next = Math.min(LARGEST, Math.max(1, scale));
    const left = x - image.offsetLeft;
    const top = y - image.offsetTop;
    view.x = left - (left - view.x) * next / view.scale;
    view.y = top - (top - view.y) * next / view.scale;
    view.scale = next;
    bound();
  };
  const bound = () => {
    const [w, h] = [image.offsetWidth * (view.scale - 1), image.offsetHeight * (view.scale - 1)];
    view.x = Math.min(0, Math.max(-w, view.x));
    view.y = Math.min(0, Math.max(-h, view.y));
  };
  const reset = (settling) => { Object.assign(view, { scale: 1, x: 0, y: 0 }); lean(0); draw(settling); };
  const lean = (dx) => {
    const far = Math.abs(dx) > frame.clientWidth / 4;
    hint.className = far ? (dx > 0 ? "keep" : "reject") : "";
    hint.textContent = far ? (dx > 0 ? "keep" : "reject") : "";
    return far;
  };
  const at = (event) => {
    const box = frame.getBoundingClientRect();
    return { x: event.clientX - box.left - frame.clientLeft, y: event.clientY - box.top - frame.clientTop };
  };
  const apart = () => {
    const [a, b] = [...fingers.values()];
    return { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };

  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    start = { ...at(event), view: { ...view }, pinch: fingers.size === 2 ? apart() : null, pinched: fingers.size > 1 };
  });

  frame.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId) || !start) return;
    fingers.set(event.pointerId, at(event));
    if (start.pinch && fingers.size === 2) {
      const now = apart();
      Object.assign(view, start.view);
      zoom(start.view.scale * now.far / Math.max(1, start.pinch.far), now.x, now.y);
    } else if (!start.pinched) {
      const { x, y } = at(event);
      view.x = start.view.x + x - start.x;
      if (view.scale > 1) { view.y = start.view.y + y - start.y; bound(); } else lean(x - start.x);
    }
    draw();
  });

  const released = (event) => {
    if (!fingers.delete(event.pointerId) || !start) return;
    const { x, y } = at(event);
    const [dx, dy, pinched] = [x - start.x, y - start.y, start.pinched];
    if (fingers.size) { start = { ...[...fingers.values()][0], view: { ...view }, pinch: null, pinched: true }; return; }
    start = null;
    if (pinched) return;
    if (view.scale > 1) { if (Math.hypot(dx, dy) < NEAR) tapped(event, x, y); return; }
    const far = lean(dx) && Math.abs(dx) > 2 * Math.abs(dy) && event.type === "pointerup";
    reset(!far);
    if (far) swiped(dx > 0);
    else if (Math.hypot(dx, dy) < NEAR) tapped(event, x, y);
  };
  frame.addEventListener("pointerup", released);
  frame.addEventListener("pointercancel", released);

  const tapped = (event, x, y) => {
    const twice = event.timeStamp - lastTap < 350;
    lastTap = twice ? 0 : event.timeStamp;
    if (!twice) return;
    if (view.scale > 1) { reset(true); return; }
    zoom(2.5, x, y);
    draw(true);
  };
  return reset;
}
