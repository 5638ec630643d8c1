import { useQuery } from "@tanstack/react-query";
import type { Role } from "../../access/rights";
import { ask } from "../../api/client";

export interface User {
  name: string;
  display_name: string;
  role: Role;
  unit: string | null;
  subject: string | null;
  locked: boolean;
  must_change_password: boolean;
  /** When they last signed in, RFC 3339; null when never. */
  signed_in: string | null;
}

export type AddedUser = User & { one_time_password: string | null };

export function useUsers() {
  return useQuery({
    queryKey: ["users"],
    queryFn: async ({ signal }) => (await ask<{ users: User[] }>("/v1/users", { signal })).users,
  });
}

export function changeUser(name: string, change: Partial<Pick<User, "role" | "unit" | "display_name" | "locked">>) {
  return ask<User>(`/v1/users/${encodeURIComponent(name)}`, { method: "PATCH", json: change });
}

export function resetUser(name: string) {
  return ask<{ one_time_password: string }>(`/v1/users/${encodeURIComponent(name)}/reset`, {
    method: "POST",
    json: {},
  });
}
