import { createServer } from "@privet/rpc-server";
import { testRoutes } from "../../interop/test-service.ts";
import { readDescriptors } from "../../tools/descriptors.ts";
import { becomeSubject } from "../subject.ts";

// The server that is soaked: gRPC's test service, of the descriptors that the
// first argument names.

let calls = 0;
/** An implementation that works on after the end of its call is among them. */
let warnings = 0;
const warn = (fields: object, message: string): void => {
  warnings++;
  console.error(message, fields);
};

const server = createServer({
  routes: testRoutes(readDescriptors(process.argv[2] ?? "")),
  logger: { info: () => {}, warn, error: warn },
  observer: {
    callStarted: () => {
      calls++;
      return { ended: () => void calls-- };
    },
  },
});
const port = await server.addInsecurePort("127.0.0.1:0");
await server.start();
becomeSubject(
  { port },
  () => calls,
  () => {
    process.exitCode = warnings === 0 ? 0 : 1;
    void server.stop();
  },
);
