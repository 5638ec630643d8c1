import { Button, Checkbox, Input, message as messages } from "antd";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { ApiError } from "../../api/client";
import { Failure, Loading } from "../states";
import "./views.css";
import { presentAddress, type SavedView, useViewActs, useViews } from "./api";

/** The views of a page, and the form that keeps the present one. */
export default function ViewList({ page, close }: { page: string; close: () => void }) {
  const { t } = useTranslation();
  const views = useViews(page, true);
  const [naming, setNaming] = useState(false);
  const { act, holder } = useRemoval(page);
  const own = views.data?.filter((view) => view.own) ?? [];
  const others = views.data?.filter((view) => !view.own) ?? [];
  return (
    <section className="views" aria-label={t("views.menu")}>
      {holder}
      {views.isLoading && <Loading lines={2} />}
      {views.isError && <Failure error={views.error} retry={() => void views.refetch()} />}
      {views.isSuccess && views.data.length === 0 && <p className="soft">{t("views.none")}</p>}
      <Group title={t("views.mine")} views={own} remove={act} close={close} />
      <Group title={t("views.others")} views={others} remove={act} close={close} />
      {naming ? (
        <SaveForm page={page} done={() => setNaming(false)} />
      ) : (
        <Button size="small" onClick={() => setNaming(true)}>
          {t("views.save")}
        </Button>
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
              <Button
                size="small"
                type="text"
                aria-label={t("views.remove", { name: view.name })}
                onClick={() => void remove(view)}
              >
                ×
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Deletes at once and offers the way back for as long as the message stands. */
function useRemoval(page: string) {
  const { t } = useTranslation();
  const [message, holder] = messages.useMessage();
  const { keep, remove } = useViewActs(page);
  const act = async (view: SavedView) => {
    const key = `view-${view.id}`;
    const undo = async () => {
      const { name, address, shared } = view;
      await keep.mutateAsync({ name, page, address, shared });
      message.success({ key, content: t("views.restored", { name }) });
    };
    try {
      await remove.mutateAsync(view);
    } catch (error) {
      message.error({ key, content: error instanceof ApiError ? error.message : String(error) });
      return;
    }
    message.info({
      key,
      duration: 10,
      content: (
        <span>
          {t("views.removed", { name: view.name })}{" "}
          <Button type="link" size="small" onClick={() => void undo()}>
            {t("views.undo")}
          </Button>
        </span>
      ),
    });
  };
  return { act, holder };
}

function SaveForm({ page, done }: { page: string; done: () => void }) {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const { keep } = useViewActs(page);
  const [shared, setShared] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const id = useId();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (!name) return;
    try {
      await keep.mutateAsync({ name, page, address: presentAddress(pathname, search), shared });
      done();
    } catch (error) {
      setRefused(error instanceof ApiError && error.status > 0 ? error.message : t("shared.offline"));
    }
  };
  return (
    <form className="view-form" onSubmit={submit}>
      <label htmlFor={id}>{t("views.name")}</label>
      <Input id={id} name="name" autoFocus required maxLength={100} placeholder={t("views.nameHint")} />
      <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
        {t("views.share")}
      </Checkbox>
      <p className="soft">{t("views.shareNote")}</p>
      {refused && (
        <p role="alert">
          {t("views.failed")} <span lang="en">{refused}</span>
        </p>
      )}
      <div>
        <Button size="small" type="primary" htmlType="submit" loading={keep.isPending}>
          {t("views.keep")}
        </Button>{" "}
        <Button size="small" type="text" onClick={done}>
          {t("views.cancel")}
        </Button>
      </div>
    </form>
  );
}
