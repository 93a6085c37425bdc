// Reads actions and workflows with GitHub's own parser, and prints what it says against each: {path: [message]}.
//
//   node parse.mjs ROOT PARSER PATH...
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, parser, ...paths] = process.argv.slice(2);

// It imports JSON as only bundlers do.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const load = (file) => import(pathToFileURL(join(parser, "dist", file)));
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await load("index.js");
const { parseAction, convertActionTemplate } = await load("actions/index.js");

const read = (path) => ({ name: path, content: readFileSync(join(root, path), "utf8") });
// What is ours lies here, by whatever name a workflow uses it.
const files = { getFileContent: async (reference) => read(reference.path) };

const said = {};
for (const path of paths) {
  const trace = new NoOperationTraceWriter();
  const isAction = path.endsWith("action.yml");
  const { context, value } = isAction ? parseAction(read(path), trace) : parseWorkflow(read(path), trace);
  if (value && isAction) convertActionTemplate(context, value);
  if (value && !isAction) await convertWorkflowTemplate(context, value, files, { fetchReusableWorkflowDepth: 1 });
  said[path] = context.errors.getErrors().map((error) => error.message);
}
console.log(JSON.stringify(said));
