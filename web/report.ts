// Where does a page start that holds one trace and is opened without a service?
import { mount } from 'svelte';
import Report from './views/trace/Report.svelte';
import './styles/tokens.css';
import './styles/page.css';
import './styles/table.css';

const target = document.getElementById('page');
const trace = document.getElementById('trace');
if (target === null || trace === null) throw new Error('report.html has no #page or no #trace');
mount(Report, { target, props: { text: trace.textContent } });
