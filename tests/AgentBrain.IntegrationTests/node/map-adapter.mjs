// Storage for oidc-provider without the bound of its own in memory, which forgets all but the newest thousand entries: in a benchmark
// those are not enough for the codes of one round.
const entries = new Map();
const grants = new Map();

export class MapAdapter {
  #model;

  constructor(model) {
    this.#model = model;
  }

  async upsert(id, payload) {
    entries.set(this.#key(id), payload);
    if (payload.uid) entries.set(`uid:${payload.uid}`, payload);
    if (payload.grantId && this.#model !== 'Grant') {
      if (!grants.has(payload.grantId)) grants.set(payload.grantId, new Set());
      grants.get(payload.grantId).add(this.#key(id));
    }
  }

  async find(id) {
    return entries.get(this.#key(id));
  }

  async findByUid(uid) {
    return entries.get(`uid:${uid}`);
  }

  async findByUserCode() {}

  async consume(id) {
    entries.get(this.#key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(this.#key(id));
  }

  async revokeByGrantId(id) {
    for (const key of grants.get(id) ?? []) entries.delete(key);
    grants.delete(id);
  }

  #key(id) {
    return `${this.#model}:${id}`;
  }
}
