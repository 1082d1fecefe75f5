import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:http2";
import { createInterface } from "node:readline";
import { suite, test } from "node:test";
import { main, plain, privet } from "../peers/privet.ts";
import { serve, serveSilence } from "../peers/server.ts";
import { standIn } from "../peers/stand-in.ts";

suite("how the command ends before its call has", () => {
  test("Ctrl-C cancels a call that waits: the server sees CANCEL, the exit code is 130", async () => {
    await using server = await serveSilence();
    await using program = privet(["--address", server.address, "--timeout", "1m"]);
    await server.called;
    program.signal("SIGINT");
    const { code, stdout, stderr } = await program.result;
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 130, stdout: "", stderr: "privet: отменено\n" },
    );
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
    assert.equal(await server.goaway, constants.NGHTTP2_NO_ERROR);
  });

  test("Ctrl-C cancels --each while it waits for a name", async () => {
    await using server = await serve(standIn);
    const env = { LC_ALL: "C" };
    await using program = privet(["--each", "--address", server.address], { env });
    program.write("Анна\n");
    await program.waitFor(/Анна!\n/);
    program.signal("SIGINT");
    const { code, stderr } = await program.result;
    assert.deepEqual({ code, stderr }, { code: 130, stderr: "privet: cancelled\n" });
    assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
  });

  test("a server that goes away ends --each while it waits for a name", async () => {
    await using server = await serve(standIn);
    await using program = privet(["--each", "--address", server.address]);
    program.write("Анна\n");
    await program.waitFor(/Анна!\n/);
    server.cut();
    const { code, stderr } = await program.result;
    assert.equal(code, 4);
    assert.match(stderr, /^privet: связь с .+ оборвалась до конца вызова: .+\n$/);
  });

  test("a deadline that was asked for ends --each while it waits for a name", async () => {
    await using server = await serve(standIn);
    const args = ["--each", "--timeout", "300ms", "--address", server.address];
    await using program = privet(args);
    const { code, stderr } = await program.result;
    assert.equal(code, 5);
    assert.match(stderr, /^privet: вызов .+ не уложился в 300 мс, он ждал ответа: .+\n$/);
  });

  test("whoever reads the output may stop, as head does: no error, exit code 0, the call cancelled", async () => {
    await using server = await serve(standIn);
    const args = ["-C", "@privet/source", main, "--each", "--address", server.address];
    const child = spawn(process.execPath, args, { env: { ...process.env, ...plain } });
    try {
      let stderr = "";
      child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
      child.stdin.on("error", () => {});
      child.stdin.write("Анна\n");
      const [line] = (await once(createInterface(child.stdout), "line")) as [string];
      assert.equal(line, "Ответ сервера: Привет, Анна!");
      child.stdout.destroy();
      child.stdin.write("Борис\nВера\n");
      const [code] = (await once(child, "close")) as [number | null];
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.equal(await server.reset, constants.NGHTTP2_CANCEL);
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("standard input that isn't UTF-8 is named with its line, after the greetings before it", async () => {
    await using server = await serve(standIn);
    const args = ["-C", "@privet/source", main, "--each", "--address", server.address];
    const child = spawn(process.execPath, args, { env: { ...process.env, ...plain } });
    try {
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
      child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
      child.stdin.write("Анна\n");
      await once(child.stdout, "data");
      child.stdin.end(Buffer.from([0xc0, 0xc1, 0x0a]));
      const [code] = (await once(child, "close")) as [number | null];
      assert.equal(code, 2);
      assert.equal(stdout, "Ответ сервера: Привет, Анна!\n");
      assert.equal(
        stderr,
        "privet: строка 2 стандартного ввода не в UTF-8: подайте имена в UTF-8\n",
      );
    } finally {
      child.kill("SIGKILL");
    }
  });
});
