/** One small drawing a channel; the word always stands beside it. */
const shapes: Record<string, string> = {
  app: "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2",
  web: "M12 3a9 9 0 1 1 0 18a9 9 0 0 1 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  branch: "M3 21h18M5 21V10M19 21V10M9.5 21V10M14.5 21V10M2.5 10L12 3.5L21.5 10z",
  phone:
    "M6 3.5h3.5l1.5 4.5l-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2l4.5 1.5V18a2.5 2.5 0 0 1-2.5 2.5C10.5 20 4 13.5 3.5 6A2.5 2.5 0 0 1 6 3.5z",
  chat: "M4 5h16v11H11l-5 4v-4H4z",
  email: "M3 6h18v12H3zM3 7l9 6l9-6",
  social: "M12 12a3 3 0 1 0 0-6a3 3 0 0 0 0 6zM5 20c0-4 3-6 7-6s7 2 7 6",
  partner: "M3 9l5-3l4 2l4-2l5 3M3 9v7l5 3M21 9v7l-5 3M8 13l4 3l4-3",
  system: "M4 5h16v6H4zM4 13h16v6H4zM7 8h1M7 16h1",
};

export function ChannelIcon({ channel }: { channel: string | null }) {
  return (
    <svg className="drawing" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d={shapes[channel ?? ""] ?? "M12 12m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"} />
    </svg>
  );
}
