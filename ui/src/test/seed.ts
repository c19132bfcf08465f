import { configureGlobal } from "fast-check";

// One seed, so that a change is judged by what it changed and not by luck.
configureGlobal({ seed: 20_261_123 });
