// Reads a document of the Data Food Consortium with its own connector, without network, and
// prints each object as the connector understood it.
import { readFileSync } from "node:fs";
import { Connector } from "@datafoodconsortium/connector";

const LINKS = {
  Enterprise: { supplies: "getSuppliedProducts", manages: "getManagedCatalogItems" },
  CatalogItem: { references: "getOfferedProduct", offeredThrough: "getOfferers" },
  Offer: { offeredItem: "getOfferedItem" },
  SaleSession: { lists: "getOffers" },
  Order: { soldBy: "getSoldBy", orderedBy: "getClient", belongsTo: "getSaleSession", lines: "getLines" },
  OrderLine: { order: "getOrder", concerns: "getOffer" },
  PlannedTransformation: { inputs: "getPlannedConsumptionFlows", outputs: "getPlannedProductionFlows" },
  PlannedConsumptionFlow: { consumes: "getConsumedProduct" },
  PlannedProductionFlow: { produces: "getProducedProduct" },
};
const WORDS = [
  "getName", "getDescription", "getSku", "getStockLimitation", "getTotalTheoreticalStock", "getNumber",
  "getDate", "getBeginDate", "getEndDate", "getStreet", "getPostalCode", "getCity", "getLastName", "getFirstName",
];

// A number of the document, its unit by its address (asking the taxonomy would go out), its rate.
const value = (found) => found && {
  value: found.getQuantityValue?.(),
  unit: found.getSemanticProperty("dfc-b:hasUnit"),
  rate: found.getVatRate?.(),
};

async function shown(object) {
  const kind = object.constructor.name;
  const told = { kind, id: object.getSemanticId() };
  for (const name of WORDS) if (typeof object[name] === "function") told[name.slice(3)] = object[name]();
  if (kind === "OrderLine") told.Quantity = object.getQuantity();
  else if (typeof object.getQuantity === "function" && kind !== "SaleSession") told.Quantity = value(object.getQuantity());
  if (typeof object.getPrice === "function") told.Price = value(object.getPrice());
  if (kind === "Order") told.Status = object.getSemanticProperty("dfc-b:hasOrderStatus");
  for (const [name, getter] of Object.entries(LINKS[kind] ?? {})) {
    const found = await object[getter]();
    told[name] = Array.isArray(found) ? found.map((each) => each.getSemanticId()) : (found?.getSemanticId() ?? null);
  }
  return told;
}

globalThis.fetch = (url) => Promise.reject(new Error(`no network here: ${url}`));
const objects = await new Connector().import(readFileSync(process.argv[2], "utf8"));
const told = [];
for (const each of objects) told.push(await shown(each));
console.log(JSON.stringify(told));
