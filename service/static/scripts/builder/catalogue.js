// What a network and its training may be made of, as the API lists it.

import { get } from "../api.js";

/** `{layers, optimizers, losses}`, for `build`. */
export async function catalogue() {
  const names = ["layers", "optimizers", "losses"];
  const lists = await Promise.all(names.map((name) => get(`/v1/${name}`)));
  return Object.fromEntries(names.map((name, index) => [name, lists[index].data]));
}
