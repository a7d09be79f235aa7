// Compiles every Python module below a folder: `node compile.mjs <folder>`. The folder is seen as
// Lambda sees it, so the bytecode names no path of this machine.
import { loadPyodide } from "pyodide";

const [root] = process.argv.slice(2);
const python = await loadPyodide({ stdout: console.error, stderr: console.error });
python.FS.mkdirTree("/var/task");
python.FS.mount(python.FS.filesystems.NODEFS, { root }, "/var/task");
const compiled = python.runPython(`
import compileall, py_compile
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
compileall.compile_dir("/var/task", quiet=1, force=True, invalidation_mode=mode)
`);
process.exit(compiled ? 0 : 1);
