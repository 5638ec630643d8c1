import { download } from "../csv";
import { plainName } from "./exporting";

/** What a drawing takes from the style sheets; a picture on its own has none. */
const DRAWN = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
] as const;
/** What boxes and words take from them besides. */
const LAID_OUT =
  "display position inset box-sizing width height min-width max-width margin padding border border-radius background-color color " +
  "font-style font-variant-numeric line-height letter-spacing text-align text-decoration text-overflow vertical-align " +
  "white-space overflow overflow-wrap flex flex-direction flex-wrap align-items align-self justify-content justify-self " +
  "grid-template-columns grid-template-rows grid-column grid-row gap transform clip-path visibility table-layout " +
  "border-collapse border-spacing list-style";
const STYLES = [...DRAWN, ...LAID_OUT.split(" ")];
const SCALE = 2;
const MARGIN = 16;
/** Tools around a figure are no part of its picture. */
const LEFT_OUT = ".figure-tools, .export, .definition, .unseen";

/** Something of the page as it looks, with the styles in force written into it. */
function withStyles<Kind extends Element>(shown: Kind, names: readonly string[]): Kind {
  const copy = shown.cloneNode(true) as Kind;
  const originals = [shown, ...shown.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll<HTMLElement | SVGElement>("*")] as (HTMLElement | SVGElement)[];
  originals.forEach((original, at) => {
    const style = getComputedStyle(original);
    for (const name of names) copies[at]?.style.setProperty(name, style.getPropertyValue(name));
  });
  return copy;
}

/** Save a drawing of the page as a PNG, twice as fine as on the screen, on the ground of the page. */
export async function saveDrawing(drawn: SVGSVGElement, name: string): Promise<void> {
  const { width, height } = drawn.getBoundingClientRect();
  const copy = withStyles(drawn, DRAWN);
  await savePicture(new XMLSerializer().serializeToString(sized(copy, width, height)), { width, height }, name);
}

/** Save a part of the page, words and drawings together, as a PNG; the tools around it stay away. */
export async function savePart(shown: HTMLElement, name: string): Promise<void> {
  const { width, height } = shown.getBoundingClientRect();
  const copy = withStyles(shown, STYLES);
  for (const part of copy.querySelectorAll(LEFT_OUT)) part.remove();
  copy.style.setProperty("margin", `${MARGIN}px`);
  const around = { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  const frame = sized(document.createElementNS("http://www.w3.org/2000/svg", "svg"), around.width, around.height);
  const inside = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
  inside.setAttribute("width", "100%");
  inside.setAttribute("height", "100%");
  inside.append(copy);
  frame.append(inside);
  await savePicture(new XMLSerializer().serializeToString(frame), around, name);
}

function sized(drawing: SVGSVGElement, width: number, height: number): SVGSVGElement {
  drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  drawing.setAttribute("width", String(width));
  drawing.setAttribute("height", String(height));
  return drawing;
}

/** Paint a drawing and offer it; a data address, for a canvas that has shown a blob with words in it gives nothing back. */
async function savePicture(text: string, size: { width: number; height: number }, name: string): Promise<void> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(size.width * SCALE);
  canvas.height = Math.ceil(size.height * SCALE);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = getComputedStyle(document.body).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (made) download(`${plainName(name)}.png`, made);
}
