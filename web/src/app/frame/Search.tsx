import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSession } from "../../access/session";
import { Icon } from "../../shared/Icon";
import { useHotkey } from "../../shared/keys";
import { addressOf, type Page } from "../pages";

interface Way {
  key: string;
  label: string;
  to: string;
}

const WAYS_MAX = 8;

/** Search everything: pages by their name, and contacts by whatever was typed. */
export function Search({ pages }: { pages: readonly Page[] }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const ways = useWays(pages, words.trim());
  const listed = open && ways.length > 0;
  useHotkey("/", () => field.current?.focus());

  const choose = (way: Way | undefined) => {
    if (!way) return;
    setOpen(false);
    setWords("");
    field.current?.blur();
    void go(way.to);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "ArrowDown") setAt((at + 1) % Math.max(1, ways.length));
    else if (event.key === "ArrowUp") setAt((at + ways.length - 1) % Math.max(1, ways.length));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) choose(ways[at]);
    else if (event.key === "Escape") setOpen(false);
    else return;
    event.preventDefault();
  };

  return (
    <search className="search">
      <Icon name="search" />
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={t("app.search.label")}
        aria-expanded={listed}
        aria-controls={`${id}-ways`}
        aria-autocomplete="list"
        aria-activedescendant={listed ? `${id}-${at}` : undefined}
        aria-keyshortcuts="/"
        placeholder={t("app.search.label")}
        value={words}
        maxLength={200}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <kbd>/</kbd>
      <WaysList id={id} ways={ways} at={at} hidden={!listed} point={setAt} choose={choose} />
    </search>
  );
}

interface ListProps {
  id: string;
  ways: readonly Way[];
  at: number;
  hidden: boolean;
  point: (at: number) => void;
  choose: (way: Way) => void;
}

/** What was found; the focus stays in the field, which names the active line. */
function WaysList({ id, ways, at, hidden, point, choose }: ListProps) {
  const { t } = useTranslation();
  return (
    <div id={`${id}-ways`} role="listbox" aria-label={t("app.search.ways")} className="ways-list" hidden={hidden}>
      {ways.map((way, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled in the field of the combobox.
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field of the combobox.
        <div
          key={way.key}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => event.preventDefault()}
          onMouseEnter={() => point(index)}
          onClick={() => choose(way)}
        >
          {way.label}
        </div>
      ))}
    </div>
  );
}

function useWays(pages: readonly Page[], words: string): Way[] {
  const { t } = useTranslation();
  const { has } = useSession();
  const sought = words.toLocaleLowerCase();
  const found = pages
    .filter((page) => page.menu !== false)
    .map((page) => ({ key: page.path, label: t(page.text), to: addressOf(page) }))
    .filter((way) => way.label.toLocaleLowerCase().includes(sought))
    .slice(0, WAYS_MAX);
  if (!words || !has("record:read")) return found;
  const contacts = { key: "contacts", label: t("app.search.contacts", { words }), to: contactsAddress(words) };
  return found.length > 0 ? [...found, contacts] : [contacts];
}

function contactsAddress(words: string): string {
  return `/contacts?${new URLSearchParams({ q: words })}`;
}
