import { Button } from "antd";
import { type MouseEvent, memo, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useAddress } from "../shared/address";
import { useHotkey } from "../shared/keys";
import { SidePanel } from "../shared/SidePanel";
import type { Line } from "./api";
import { ChannelIcon } from "./ChannelIcon";
import { ContactDetail } from "./ContactDetail";
import { contactAddress, shortSubject, useWords, type Words } from "./words";

interface Props {
  lines: Line[];
  all: number | undefined;
  stale: boolean;
  more: (() => void) | undefined;
  busy: boolean;
}

/** The found contacts: moved through with j and k, opened beside the list with Enter, as a page with e. */
export function ContactList({ lines, all, stale, more, busy }: Props) {
  const { t } = useTranslation();
  const words = useWords();
  const { open, show } = useOpen();
  const list = useRef<HTMLOListElement>(null);
  const at = useMovement(lines, list, show, open);
  const count = words.format.whole;
  const opened = lines.find((line) => line.position === open);
  return (
    <>
      <ol className="contact-list" ref={list} aria-label={t("contacts.list")} aria-busy={stale}>
        {lines.map((line, index) => (
          <Row key={line.position} line={line} words={words} marked={index === at} show={show} />
        ))}
      </ol>
      <p className="soft contact-count" role="status">
        {all === undefined
          ? t("contacts.shownOnly", { shown: count(lines.length) })
          : t("contacts.shown", { shown: count(lines.length), all: count(all) })}{" "}
        {!more && t("contacts.end")}
      </p>
      {more && (
        <Button loading={busy} onClick={more}>
          {t("contacts.more")}
        </Button>
      )}
      <SidePanel
        title={opened ? words.what(opened) : t("app.page.contact")}
        open={open !== null}
        close={() => show(null)}
      >
        {open !== null && (
          <>
            <p>
              <Link to={contactAddress(open)}>{t("contacts.one.whole")}</Link>
            </p>
            <ContactDetail position={open} />
          </>
        )}
      </SidePanel>
    </>
  );
}

/** Which contact stands open beside the list; the address carries it. */
function useOpen() {
  const { params, change } = useAddress();
  const open = Number(params.get("open")) || null;
  const show = useCallback(
    (position: number | null) => change({ open: position === null ? null : String(position) }),
    [change],
  );
  return { open, show };
}

/** j and k move the focus from line to line, also while the panel is open, which then follows. */
function useMovement(
  lines: Line[],
  list: React.RefObject<HTMLOListElement | null>,
  show: (position: number) => void,
  open: number | null,
): number {
  const go = useNavigate();
  const [at, setAt] = useState(-1);
  const first = lines[0]?.position;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins before its first line.
  useEffect(() => setAt(-1), [first]);
  const move = (by: number) => {
    const now = open === null ? at : lines.findIndex((line) => line.position === open);
    const next = Math.min(lines.length - 1, Math.max(0, now + by));
    const line = lines[next];
    if (!line) return;
    setAt(next);
    if (open !== null) show(line.position);
    const row = list.current?.children[next];
    row?.querySelector<HTMLElement>("a")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  useHotkey("j", () => move(1));
  useHotkey("k", () => move(-1));
  useHotkey("e", () => {
    const line = open === null ? lines[at] : lines.find((one) => one.position === open);
    if (line) void go(contactAddress(line.position));
  });
  return at;
}

interface RowProps {
  line: Line;
  words: Words;
  marked: boolean;
  show: (position: number) => void;
}

const Row = memo(function Row({ line, words, marked, show }: RowProps) {
  const beside = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show(line.position);
  };
  const about = words.about(line);
  return (
    <li className={marked ? "marked" : undefined} data-kind={line.kind.split(".")[0]}>
      <ChannelIcon channel={line.channel} />
      <div className="contact-what">
        <Link to={contactAddress(line.position)} onClick={beside}>
          {words.what(line)}
        </Link>
        {line.channel && <span className="soft"> · {words.channel(line.channel)}</span>}
        {about && <span className="soft block">{about}</span>}
      </div>
      <div className="contact-who soft">
        {line.subject && <span title={line.subject}>{shortSubject(line.subject)}</span>}
        <span className="block">{words.unit(line)}</span>
      </div>
      <time className="soft" dateTime={line.time}>
        {words.format.moment(new Date(line.time))}
      </time>
    </li>
  );
});
