import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useAddress } from "../shared/address";
import type { Line } from "./api";
import { ChannelIcon } from "./ChannelIcon";
import { Feeling } from "./Feeling";
import { daysOf, type Thread } from "./threads";
import { contactAddress, useWords, type Words } from "./words";

/** Contacts on one vertical line, newest above: days, channels, cases as threads, feelings, complaints marked. */
export function Timeline({ lines }: { lines: Line[] }) {
  const words = useWords();
  const days = useMemo(() => daysOf(lines), [lines]);
  return (
    <ol className="timeline">
      {days.map(({ day, threads }) => (
        <li key={day} className="timeline-day">
          <h3>
            <time dateTime={day}>{words.format.day(new Date(`${day}T12:00:00`))}</time>
          </h3>
          <ol>
            {threads.map((thread) => (
              <ThreadOf key={thread.lines[0]?.position} thread={thread} words={words} />
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

function ThreadOf({ thread, words }: { thread: Thread; words: Words }) {
  const { t } = useTranslation();
  const { change } = useAddress();
  const moments = thread.lines.map((line) => <Moment key={line.position} line={line} words={words} />);
  if (thread.case === null) return <>{moments}</>;
  return (
    <li className="thread">
      <button type="button" className="thread-name soft" onClick={() => change({ case: thread.case })}>
        {t("contacts.subject.thread", { case: thread.case })}
      </button>
      <ol>{moments}</ol>
    </li>
  );
}

function Moment({ line, words }: { line: Line; words: Words }) {
  const sort = line.kind.split(".")[0] ?? "";
  const { metric, score, scale_min, scale_max } = line.facts;
  const rated =
    sort === "survey" && typeof metric === "string" && typeof score === "number" ? (
      <Feeling metric={metric} score={score} low={Number(scale_min ?? 0)} high={Number(scale_max ?? score)} />
    ) : null;
  const about = rated ? "" : words.about(line);
  const unit = words.unit(line);
  const clock = new Date(line.time).toLocaleTimeString(words.format.language, { hour: "2-digit", minute: "2-digit" });
  return (
    <li className="moment" data-kind={sort}>
      <span className="moment-mark">
        <ChannelIcon channel={line.channel} />
      </span>
      <time className="soft" dateTime={line.time}>
        {clock}
      </time>
      <div>
        <Link to={contactAddress(line.position)}>{words.what(line)}</Link>
        <span className="soft">
          {line.channel && ` · ${words.channel(line.channel)}`}
          {unit && ` · ${unit}`}
        </span>
        {rated && <span className="block">{rated}</span>}
        {about && <span className="soft block">{about}</span>}
      </div>
    </li>
  );
}
