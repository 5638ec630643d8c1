const shapes = {
  menu: "M3 6h18M3 12h18M3 18h18",
  close: "M5 5l14 14M19 5L5 19",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13zM15.5 15.5L21 21",
  person: "M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM4 21c0-4.5 3.5-6.5 8-6.5s8 2 8 6.5",
  sun: "M12 8a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM12 2v2.5M12 19.5v2.5M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3L19 19M5 19l1.7-1.7M17.3 6.7L19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  letters: "M3 19L8 6l5 13M4.7 15h6.6M15 19l3-8l3 8M16 16.5h4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
  stop: "M6.5 6.5h11v11h-11z",
  phone:
    "M6 3.5h3.5l1.5 4.5l-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2l4.5 1.5V18a2.5 2.5 0 0 1-2.5 2.5C10.5 20 4 13.5 3.5 6A2.5 2.5 0 0 1 6 3.5z",
  down: "M6 9l6 6l6-6",
} as const;

export type IconName = keyof typeof shapes;

/** A line drawing in the colour of the text; words beside it, or unseen ones, say what it means. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="drawing" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  );
}
