import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel } from "../quality/Drawers";
import { useFormat } from "../shared/format";
import { useNames } from "../shared/names";
import { Empty, Failure, Loading } from "../shared/states";
import { type Choice, useCaseEvents, useCases } from "./api";
import { pathName } from "./words";

interface Props {
  choice: Choice;
  edge: { from: string; to: string } | null;
  close: () => void;
}

/** The cases behind a path, longest first; each opens into its own contacts. */
export function CasesPanel({ choice, edge, close }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const cases = useCases(choice, edge);
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <Panel
      title={edge ? t("journeys.casesOf", { place: pathName(name, edge) }) : ""}
      open={edge !== null}
      close={close}
    >
      {cases.isLoading && <Loading lines={8} />}
      {cases.isError && <Failure error={cases.error} retry={() => void cases.refetch()} />}
      {cases.data?.cases.length === 0 && <Empty title={t("journeys.noCases")} />}
      {cases.data && (
        <>
          <p className="soft">
            {t("journeys.casesShown", {
              shown: format.whole(cases.data.cases.length),
              total: format.whole(cases.data.total),
            })}
          </p>
          <ol className="contacts">
            {cases.data.cases.map((row) => (
              <li key={row.case}>
                <Button
                  type="link"
                  size="small"
                  aria-expanded={opened === row.case}
                  onClick={() => setOpened(opened === row.case ? null : row.case)}
                >
                  {row.case}
                </Button>
                <p className="soft">
                  {t("journeys.caseLine", {
                    duration: format.duration(row.duration_seconds),
                    steps: format.whole(row.events),
                    handovers: format.whole(row.handovers),
                    day: format.day(new Date(row.first)),
                  })}
                </p>
                {opened === row.case && <CaseEvents journey={choice.name} id={row.case} />}
              </li>
            ))}
          </ol>
        </>
      )}
    </Panel>
  );
}

function CaseEvents({ journey, id }: { journey: string; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useNames();
  const events = useCaseEvents(journey, id);
  if (events.isError) return <Failure error={events.error} />;
  if (!events.data) return <Loading lines={4} />;
  return (
    <ol className="case-events">
      {events.data.map((event) => (
        <li key={event.id}>
          <span>{event.step ? name("step", event.step) : name("kind", event.type.replace(/\.v\d+$/, ""))}</span>
          <span className="soft">
            {format.moment(new Date(event.time))}
            {event.actor && ` · ${t("journeys.by", { actor: event.actor })}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
