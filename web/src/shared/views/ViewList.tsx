import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Reason } from "../acts";
import { Failure, Loading } from "../states";
import { presentAddress, type SavedView, useViewActs, useViews } from "./api";
import "./views.css";

/** The views of a page, and the form that keeps the present one. */
export default function ViewList({ page, close }: { page: string; close: () => void }) {
  const { t } = useTranslation();
  const views = useViews(page, true);
  const [naming, setNaming] = useState(false);
  const removal = useRemoval(page);
  const own = views.data?.filter((view) => view.own) ?? [];
  const others = views.data?.filter((view) => !view.own) ?? [];
  return (
    <section className="views" aria-label={t("views.menu")}>
      {views.isLoading && <Loading lines={2} />}
      {views.isError && <Failure error={views.error} retry={() => void views.refetch()} />}
      {views.isSuccess && views.data.length === 0 && <p className="soft">{t("views.none")}</p>}
      <Group title={t("views.mine")} views={own} remove={removal.act} close={close} />
      <Group title={t("views.others")} views={others} remove={removal.act} close={close} />
      <div aria-live="polite">{removal.told}</div>
      {naming ? (
        <SaveForm page={page} done={() => setNaming(false)} />
      ) : (
        <button type="button" className="quiet" onClick={() => setNaming(true)}>
          {t("views.save")}
        </button>
      )}
    </section>
  );
}

interface GroupProps {
  title: string;
  views: SavedView[];
  remove: (view: SavedView) => Promise<void>;
  close: () => void;
}

function Group({ title, views, remove, close }: GroupProps) {
  const { t } = useTranslation();
  if (views.length === 0) return null;
  return (
    <>
      <p className="soft">{title}</p>
      <ul>
        {views.map((view) => (
          <li key={view.id} className="view-line">
            <span>
              <Link to={view.address} onClick={close}>
                {view.name}
              </Link>
              {!view.own && <span className="soft block">{t("views.by", { name: view.owner })}</span>}
              {view.own && view.shared && <span className="soft"> · {t("views.shared")}</span>}
            </span>
            {view.own && (
              <button
                type="button"
                className="quiet"
                aria-label={t("views.remove", { name: view.name })}
                onClick={() => void remove(view)}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Deletes at once and offers the way back for as long as the list stands open. */
function useRemoval(page: string) {
  const { t } = useTranslation();
  const { keep, remove } = useViewActs(page);
  const [gone, setGone] = useState<SavedView | null>(null);
  const [back, setBack] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const guarded = async (act: () => Promise<void>) => {
    setError(null);
    setBack(null);
    try {
      await act();
    } catch (cause) {
      setError(cause);
    }
  };
  const act = (view: SavedView) =>
    guarded(async () => {
      await remove.mutateAsync(view);
      setGone(view);
    });
  const undo = ({ name, address, shared }: SavedView) =>
    guarded(async () => {
      await keep.mutateAsync({ name, page, address, shared });
      setGone(null);
      setBack(name);
    });
  const told = (
    <>
      {gone && (
        <p>
          {t("views.removed", { name: gone.name })}{" "}
          <button type="button" className="quiet" onClick={() => void undo(gone)}>
            {t("views.undo")}
          </button>
        </p>
      )}
      {back !== null && <p>{t("views.restored", { name: back })}</p>}
      {error !== null && <Reason error={error} />}
    </>
  );
  return { act, told };
}

function SaveForm({ page, done }: { page: string; done: () => void }) {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const { keep } = useViewActs(page);
  const id = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const name = String(given.get("name")).trim();
    if (!name) return;
    const wanted = { name, page, address: presentAddress(pathname, search), shared: given.get("shared") === "on" };
    await keep.mutateAsync(wanted).then(done, () => undefined);
  };
  return (
    <form className="view-form" onSubmit={submit}>
      <label htmlFor={id}>{t("views.name")}</label>
      {/* biome-ignore lint/a11y/noAutofocus: the form was asked for, and this is its first field. */}
      <input id={id} name="name" autoFocus required maxLength={100} placeholder={t("views.nameHint")} />
      <label>
        <input type="checkbox" name="shared" /> {t("views.share")}
      </label>
      <p className="soft">{t("views.shareNote")}</p>
      {keep.isError && (
        <div role="alert">
          <p>{t("views.failed")}</p>
          <Reason error={keep.error} />
        </div>
      )}
      <div className="view-acts">
        <button type="submit" className="main" disabled={keep.isPending}>
          {t("views.keep")}
        </button>
        <button type="button" className="quiet" onClick={done}>
          {t("views.cancel")}
        </button>
      </div>
    </form>
  );
}
