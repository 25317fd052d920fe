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
    return { subscribe: (sink) => ({ unsubscribe: client.subscribe(body, sink) }) };
  };
  const fetcher = (asked, options) => {
    const headers = (options && options.headers) || {};
    const definitions = (options && options.documentAST && options.documentAST.definitions) || [];
    const operations = definitions.filter((each) => each.kind === "OperationDefinition");
    const chosen = operations.find((each) => each.name && each.name.value === asked.operationName);
    // The editor goes on naming an operation that was typed over by one without a name.
    const body = chosen ? asked : { ...asked, operationName: undefined };
    const operation = chosen || operations[0];
    return operation && operation.operation === "subscription" ? watch(body, headers) : post(body, headers);
  };
  ReactDOM.render(
    React.createElement(GraphiQL, {
      fetcher, schema, defaultQuery: welcome, defaultEditorToolsVisibility: "headers",
      headers: JSON.stringify({ "X-District": "zouping" }, null, 2),
      isHeadersEditorEnabled: true, shouldPersistHeaders: false,
    }), document.getElementById("editor"));
})().catch((error) => {
  document.getElementById("editor").textContent = `无法打开编辑器 / The editor cannot be opened: ${error}`;
  throw error;
});
