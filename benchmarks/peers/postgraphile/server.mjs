// PostGraphile 5 over the districts' schemas, in the configuration that its makers advise for a schema a tenant:
// one schema introspected, identifiers unqualified, role and search_path set for each request by pgSettings.
// Everything it needs comes as JSON in BENCH_PEER: see benchmarks/contestants/peers.py.

import { createServer } from "node:http";
import { createPublicKey, verify } from "node:crypto";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { addPgTableCondition, jsonPgSmartTags } from "postgraphile/utils";
import { sql } from "postgraphile/@dataplan/pg/pg-sql2";
import { TYPES } from "postgraphile/@dataplan/pg";

const peer = JSON.parse(process.env.BENCH_PEER);
const districts = new Map(Object.entries(peer.districts));
const keys = new Map(peer.keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
const verified = new Map();

function part(text) {
  return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
}

// A signature is checked once, the end every time: what every contestant does.
function settingsOf(authorization) {
  const token = (authorization ?? "").slice("Bearer ".length);
  let known = verified.get(token);
  if (known === undefined) {
    const [head, claims, signature] = token.split(".");
    const key = keys.get(part(head).kid);
    const signed = Buffer.from(`${head}.${claims}`);
    const genuine = verify(
      "sha256",
      signed,
      { key, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    if (!genuine) throw new Error("The token is not genuine.");
    const { dst, kind, exp } = part(claims);
    const district = districts.get(dst);
    const role = kind === "AUDITOR" ? district.audit_role : district.read_role;
    known = { exp, settings: { role, search_path: `"${district.schema}", ext` } };
    if (verified.size >= 10000) verified.clear();
    verified.set(token, known);
  }
  if (known.exp * 1000 < Date.now()) throw new Error("The token has expired.");
  return known.settings;
}

const tables = [
  "area", "assignment", "audit_entry", "case_event", "case_material", "cases", "rating", "service_item", "staff",
];

const preset = {
  extends: [PostGraphileAmberPreset],
  // Short lists need no cursors, and columns without an index of their own may order what a foreign key picks.
  disablePlugins: ["PgIndexBehaviorsPlugin", "NodePlugin"],
  plugins: [
    jsonPgSmartTags({
      version: 1,
      config: {
        class: Object.fromEntries(tables.map((each) => [
          each,
          each === "audit_entry"
            ? { tags: { foreignKey: "(area_id) references area (id)" } }
            : { tags: {} },
        ])),
      },
    }),
    addPgTableCondition(
      { serviceName: "main", schemaName: peer.introspect.schema, tableName: "service_item" },
      "inForceOn",
      (build) => ({
        description: "The day on which the version is in force.",
        type: build.graphql.GraphQLString,
        apply(condition, day) {
          const me = condition.alias;
          const on = sql`${sql.value(day)}::date`;
          condition.where(
            sql`${me}.effective_from <= ${on} and (${me}.effective_to is null or ${me}.effective_to > ${on})`,
          );
        },
      }),
    ),
  ],
  gather: { pgIdentifiers: "unqualified" },
  schema: { defaultBehavior: "+list -mutation -insert -update -delete", retryOnInitFail: false },
  pgServices: [
    makePgService({
      connectionString: peer.url,
      schemas: [peer.introspect.schema],
      pgSettingsForIntrospection: { role: peer.introspect.role },
      poolConfig: { max: peer.connections },
      pubsub: false,
    }),
  ],
  grafast: {
    explain: false,
    context(request) {
      return { pgSettings: settingsOf(request.node?.req.headers.authorization) };
    },
  },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false, dangerouslyAllowAllCORSRequests: false },
};

const instance = postgraphile(preset);
if (process.env.BENCH_PRINT_SCHEMA) {
  const { printSchema } = await import("postgraphile/graphql");
  process.stdout.write(printSchema(await instance.getSchema()));
  process.exit(0);
}
const served = instance.createServ(grafserv);
const server = createServer();
await served.addTo(server);
server.keepAliveTimeout = 60_000;
server.listen(peer.port, "127.0.0.1");
