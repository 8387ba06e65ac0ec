// Where does the page start?
import { mount } from 'svelte';
import Pages from './Pages.svelte';
import './styles/tokens.css';
import './styles/page.css';
import './styles/table.css';

const target = document.getElementById('page');
if (target === null) throw new Error('index.html has no #page');
mount(Pages, { target });
