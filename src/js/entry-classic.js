// @ts-check
/** The build for a classic `<script>`: a global `io`, which has `Manager`, `Socket` and `protocol`. */
import { io } from "./entry-full.js";

/** @type {any} */ (globalThis).io = io;
