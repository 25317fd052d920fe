// Starts GraphiQL from this server alone. The schema is read as a file, so that nobody needs to introspect.
(async () => {
  const welcome = `# 帮办 Bangban. 在下方 Headers 中填写地区与令牌 / set district and token below, under Headers:
#   { "X-District": "zouping", "Authorization": "Bearer <accessToken>" }

query Catalog {
  district { name brand levels circleMinutes }
  services(first: 5) {
    totalCount
    edges { node { code name caseType promisedWorkingDays materials { name required } } }
  }
}
`;
  const schema = (await (await fetch("/schema.json")).json()).data;
  const socket = location.origin.replace(/^http/, "ws") + "/graphql";
  const post = async (body, headers) => {
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return answer.json();
  };
  const watch = (body, headers) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const client = graphqlWs.createClient({
      url: socket,
      connectionParams: { authorization: given.authorization, district: given["x-district"] },
    });
    return client.iterate(body);
  };
  const fetcher = (body, options) => {
    const headers = (options && options.headers) || {};
    const operation = options && options.documentAST && options.documentAST.definitions.find(
      (each) => each.kind === "OperationDefinition"
        && (!body.operationName || (each.name && each.name.value === body.operationName)));
    return operation && operation.operation === "subscription" ? watch(body, headers) : post(body, headers);
  };
  ReactDOM.createRoot(document.getElementById("editor")).render(
    React.createElement(GraphiQL, {
      fetcher, schema, defaultQuery: welcome, defaultEditorToolsVisibility: "headers",
      headers: JSON.stringify({ "X-District": "zouping" }, null, 2),
      isHeadersEditorEnabled: true, shouldPersistHeaders: false,
    }));
})();
