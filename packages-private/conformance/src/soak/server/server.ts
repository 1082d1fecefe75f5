import { createServer } from "@privet/rpc-server";
import { testRoutes } from "../../interop/test-service.ts";
import { readDescriptors } from "../../tools/descriptors.ts";
import { becomeSubject } from "../subject.ts";

// The server that is soaked: gRPC's test service, of the descriptors that the
// first argument names.

let calls = 0;

const server = createServer({
  routes: testRoutes(readDescriptors(process.argv[2] ?? "")),
  observer: {
    callStarted: () => {
      calls++;
      // An implementation may return after the end of its call: it is live till then.
      return { released: () => void calls-- };
    },
  },
});
const port = await server.addInsecurePort("127.0.0.1:0");
await server.start();
becomeSubject(
  { port },
  () => calls,
  () => void server.stop(),
);
