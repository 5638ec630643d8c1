/**
 * The first half of a layered drawing (after Sugiyama, Tagawa, Toda 1981): break cycles, give every step a layer,
 * thread long paths through the layers between, and order each layer so that few paths cross.
 */

export interface Link {
  from: number;
  to: number;
  weight: number;
}

export interface Layered {
  /** Nodes of each layer in drawing order; numbers at or above the count of steps are bends of long paths. */
  layers: number[][];
  layerOf: number[];
  /** For each link the nodes it passes, from its own start to its own end. */
  routes: number[][];
  /** Neighbouring nodes, one layer apart. */
  segments: { upper: number; lower: number; weight: number }[];
}

/** An order in which heavy links point forward (Eades, Lin, Smyth 1993, with weights). */
export function forwardOrder(size: number, links: Link[]): number[] {
  const alive = new Set(Array.from({ length: size }, (_, node) => node));
  const head: number[] = [];
  const tail: number[] = [];
  const flow = (node: number) => {
    let into = 0;
    let out = 0;
    for (const link of links) {
      if (link.from === link.to || !alive.has(link.from) || !alive.has(link.to)) continue;
      if (link.to === node) into += link.weight;
      if (link.from === node) out += link.weight;
    }
    return { into, out };
  };
  while (alive.size) {
    let best = -1;
    let bestSurplus = Number.NEGATIVE_INFINITY;
    let sink = -1;
    for (const node of alive) {
      const { into, out } = flow(node);
      if (into === 0) {
        best = node;
        sink = -1;
        break;
      }
      if (out === 0) sink = node;
      if (out - into > bestSurplus) {
        best = node;
        bestSurplus = out - into;
      }
    }
    if (sink >= 0) tail.unshift(sink);
    else head.push(best);
    alive.delete(sink >= 0 ? sink : best);
  }
  return [...head, ...tail];
}

export function layer(size: number, links: Link[]): Layered {
  const rank = new Array<number>(size).fill(0);
  forwardOrder(size, links).forEach((node, at) => {
    rank[node] = at;
  });
  const at = (list: number[], index: number): number => list[index] ?? 0;
  const forward = (link: Link): [number, number] =>
    at(rank, link.from) <= at(rank, link.to) ? [link.from, link.to] : [link.to, link.from];

  // Longest way from a beginning; following the order makes one sweep enough.
  const layerOf = new Array<number>(size).fill(0);
  const sorted = [...links].sort((a, b) => at(rank, forward(a)[0]) - at(rank, forward(b)[0]));
  for (const link of sorted) {
    const [upper, lower] = forward(link);
    if (upper !== lower) layerOf[lower] = Math.max(at(layerOf, lower), at(layerOf, upper) + 1);
  }

  const segments: Layered["segments"] = [];
  let next = size;
  const routes = links.map((link) => {
    const [upper, lower] = forward(link);
    if (upper === lower) return [upper, upper];
    const route = [upper];
    for (let depth = at(layerOf, upper) + 1; depth < at(layerOf, lower); depth += 1) {
      layerOf[next] = depth;
      route.push(next);
      next += 1;
    }
    route.push(lower);
    for (let step = 1; step < route.length; step += 1) {
      segments.push({ upper: at(route, step - 1), lower: at(route, step), weight: link.weight });
    }
    return upper === link.from ? route : route.reverse();
  });

  const depth = Math.max(...layerOf) + 1;
  const layers = Array.from({ length: depth }, () => [] as number[]);
  const seeds = Array.from({ length: next }, (_, node) => node);
  for (const node of seeds) layers[at(layerOf, node)]?.push(node);
  return { layers: untangle(layers, segments), layerOf, routes, segments };
}

/** Sweep down and up, placing each node at the mean place of its neighbours, and keep the best order seen. */
export function untangle(layers: number[][], segments: Layered["segments"]): number[][] {
  const above = new Map<number, number[]>();
  const below = new Map<number, number[]>();
  const add = (map: Map<number, number[]>, key: number, value: number) => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  for (const segment of segments) {
    add(above, segment.lower, segment.upper);
    add(below, segment.upper, segment.lower);
  }
  let current = layers.map((nodes) => [...nodes]);
  let best = current;
  let fewest = crossings(current, below);
  for (let sweep = 0; sweep < 16 && fewest > 0; sweep += 1) {
    const down = sweep % 2 === 0;
    const place = new Map<number, number>();
    current = current.map((nodes) => [...nodes]);
    const order = down ? [...current.keys()] : [...current.keys()].reverse();
    for (const index of order) {
      const nodes = current[index] ?? [];
      const centre = (node: number, fallback: number) => {
        const places = ((down ? above : below).get(node) ?? []).map((other) => place.get(other) ?? 0);
        return places.length ? places.reduce((sum, value) => sum + value, 0) / places.length : fallback;
      };
      const wanted = new Map(nodes.map((node, at) => [node, centre(node, at)]));
      nodes.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      nodes.forEach((node, at) => {
        place.set(node, at);
      });
    }
    const now = crossings(current, below);
    if (now < fewest) {
      fewest = now;
      best = current;
    }
  }
  return best;
}

/** How many pairs of segments between neighbouring layers cross. */
export function crossings(layers: number[][], below: Map<number, number[]>): number {
  let total = 0;
  for (let index = 0; index + 1 < layers.length; index += 1) {
    const place = new Map((layers[index + 1] ?? []).map((node, at) => [node, at]));
    const ends = (layers[index] ?? []).flatMap((node) =>
      (below.get(node) ?? []).map((other) => place.get(other) ?? 0).sort((a, b) => a - b),
    );
    for (let a = 0; a < ends.length; a += 1) {
      for (let b = a + 1; b < ends.length; b += 1) if ((ends[a] ?? 0) > (ends[b] ?? 0)) total += 1;
    }
  }
  return total;
}
